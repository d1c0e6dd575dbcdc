"""The cases of the golden vectors: drawn from pinned choices, a few for each thing that they probe."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import Choice
from gradcheck.declaration.shape import DeclarationError
from gradcheck.generation.configuration import Configuration, PinnedChoices, draw_configuration
from gradcheck.generation.values import (
    ARRANGEMENTS,
    GRID,
    count_elements,
    make_pinned_upstream,
    make_points,
    map_to_domains,
)
from gradcheck.records.case import Case
from gradcheck.vectors.ball_arrays import BallError
from gradcheck.vectors.derivatives import compute_exactly, enclose_outputs, lies_within, require_differentiable
from gradcheck.vectors.flags import is_broadcast, is_size_one

MOST_ELEMENTS = 128
"""Elements of all inputs together, and of all outputs."""
ATTEMPTS = 100
"""Draws after which an op has no case of a kind."""
TURNS = (2, 1, 3)
"""Numbers of axes of the widest input, by turns, where they are free."""
BESIDE_A_KINK, NEAR = 2.0**-30, 2.0**-24
"""How far beside ties points lie, per unit, and the distance within which a kink is near."""


class ShortLengths(PinnedChoices):
    """Pinned choices of lengths of two and three, and seldom one, so that all numbers of a case can be read."""

    def size(self, name: str, least: int, most: int) -> int:
        """Return a length."""
        low = least if self.choose(0, 7) == 0 else min(max(least, 2), most)
        return self.choose(low, min(low + 1, most))


Arrange = Callable[[list[Values], PinnedChoices], list[Values]]


def keep_points(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return the points as they are."""
    return arrays


def scale_points(factor: float) -> Arrange:
    """Return the function that multiplies all points by a factor."""
    return lambda arrays, counter: [a * factor for a in arrays]


def move_beside_ties(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return points of a few values, zero among them, each moved by its own small step."""
    moved = []
    for a in arrays:
        palette = GRID[counter.draw_whole_numbers(a.size, 5)].reshape(a.shape)
        moved.append(palette + BESIDE_A_KINK * a)
    return moved


def bring_together(arrays: list[Values], counter: PinnedChoices) -> list[Values]:
    """Return points that differ by little from one number for each array."""
    return [level + BESIDE_A_KINK * a for level, a in zip(ARRANGEMENTS["level"](arrays, counter), arrays, strict=True)]


@dataclass(frozen=True)
class Probe:
    """Something to probe: its flag, the number of cases, how values are arranged, and which configurations serve.

    is_met: whether the case probes it.
    """

    flag: str
    count: int
    arrange: Arrange = keep_points
    serves: Callable[[Configuration], bool] = lambda configuration: True
    is_met: Callable[[Op, Case], bool] = field(default=lambda op, case: True)


def lies_near_kink(op: Op, case: Case) -> bool:
    """Whether a kink is near: a comparison is decided by little, and just beyond it the gradient is another."""
    if not lies_within(op, case, NEAR):
        return False
    mirrored = case.at(tuple(2 * np.rint(x) - x if x.dtype.kind == "f" else x for x in case.point))
    try:
        here, beyond = (compute_exactly(op, one).gradients for one in (case, mirrored))
    except BallError:
        return False
    pairs = [(g.rounded, h.rounded) for g, h in zip(here, beyond, strict=True) if g is not None and h is not None]
    largest = max(np.abs(g).max(initial=0.0) for g, _ in pairs)
    return any(np.any(np.abs(g - h) > np.sqrt(NEAR) * largest) for g, h in pairs)


PROBES = (
    Probe("ordinary", 3, serves=lambda configuration: not is_size_one(configuration)),
    Probe("ordinary", 1),
    Probe("size-one", 2, serves=is_size_one),
    Probe("broadcast", 2, serves=is_broadcast),
    Probe("near-kink", 2, move_beside_ties, is_met=lies_near_kink),
    Probe("wide", 1, ARRANGEMENTS["scattered"]),
    Probe("large", 1, scale_points(256.0)),
    Probe("small", 1, scale_points(2.0**-40)),
    Probe("equal", 1, ARRANGEMENTS["level"]),
    Probe("nearly-equal", 1, bring_together),
)
"""What is probed for every op, where it has such cases."""


def draw_cases(op: Op) -> Iterator[tuple[str, Case]]:
    """Yield the cases of an op with the flag for which each was drawn, those of settings last."""
    found = list[Case]()
    for probe in PROBES:
        for _ in range(probe.count):
            case = draw_new_case(op, probe, found)
            if case is None:
                break
            found.append(case)
            yield probe.flag, case
    for attempt in range(ATTEMPTS):
        further = draw_case(op, Probe("setting", 1), attempt)
        met = {item for case in found for item in case.settings.items()}
        if further is not None and not set(further.settings.items()) <= met:
            found.append(further)
            yield "setting", further


def draw_new_case(op: Op, probe: Probe, found: Sequence[Case]) -> Case | None:
    """Draw a case of a probe that is not among those found: where there is one, of the rank whose turn it is, and every
    other time of the first of all choices, which many implementations have fixed; None where there is none."""
    known = {case.digest for case in found}
    turn, is_simple = TURNS[len(found) % len(TURNS)], len(found) % 2 == 0

    def meets_wishes(wishes: int, c: Configuration) -> bool:
        met = has_rank(c, turn) + (has_rank(c, turn) and has_first_choices(op, c) >= is_simple)
        return probe.serves(c) and met == wishes

    for wishes in (2, 1, 0):
        wished = replace(probe, serves=partial(meets_wishes, wishes))
        for attempt in range(ATTEMPTS):
            case = draw_case(op, wished, attempt)
            if case is not None and case.digest not in known:
                return case
    return None


def has_first_choices(op: Op, configuration: Configuration) -> bool:
    """Whether each setting that is a choice has its first option."""
    choices = {name: declared for name, declared in op.settings.items() if isinstance(declared, Choice)}
    return all(configuration.settings[name] == declared.options[0] for name, declared in choices.items())


def has_rank(configuration: Configuration, rank: int) -> bool:
    """Whether the widest input has so many axes, or the fewest that it can have."""
    axes = [array.axes for array in configuration.arrays.values()]
    single = max(sum(axis.kind in ("size", "free") for axis in of_input) for of_input in axes)
    return max(map(len, configuration.shapes.values())) == max(rank, single)


def explain_no_case(op: Op) -> str:
    """Explain why an op has no cases: what is wrong with the first of those drawn."""
    for attempt in range(ATTEMPTS):
        try:
            draw_candidate(op, Probe("ordinary", 1), attempt)
        except BallError as error:
            return str(error)
    return "no case could be drawn"


def draw_case(op: Op, probe: Probe, attempt: int) -> Case | None:
    """Draw a case; None where it does not serve the probe, is too large, or lies on a kink."""
    try:
        return draw_candidate(op, probe, attempt)
    except BallError:
        return None


def draw_candidate(op: Op, probe: Probe, attempt: int) -> Case | None:
    """Draw a case; None where it does not serve the probe, or is too large.  Raises BallError where it lies on a kink,
    or the reference cannot be run."""
    counter = ShortLengths(op.name, probe.flag, attempt)
    try:
        configuration = draw_configuration(op, counter)
    except DeclarationError:
        return None
    if sum(count_elements(configuration)) > MOST_ELEMENTS or not probe.serves(configuration):
        return None
    drawn = Case(op.name, draw_values(configuration, probe, counter), (), configuration.settings, seed=0)
    like = tuple(np.empty(y.shape) for y in enclose_outputs(op, drawn))
    case = drawn.at(drawn.point, make_pinned_upstream(like, counter))
    require_differentiable(op, case)
    return case if sum(u.size for u in case.upstream) <= MOST_ELEMENTS and probe.is_met(op, case) else None


def draw_values(configuration: Configuration, probe: Probe, counter: PinnedChoices) -> Mapping[str, Values]:
    """Draw the inputs of a configuration, arranged for a probe and mapped into their domains."""
    indices = counter.draw_whole_numbers(sum(count_elements(configuration)), len(GRID))
    points = make_points("plain", indices, indices)
    return map_to_domains(configuration, points, lambda arrays: probe.arrange(arrays, counter))
