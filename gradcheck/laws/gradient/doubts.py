"""Step 3 of the law gradient: named reasons for which a disagreement does not count against a gradient.

Each is evaluated at most once, when the vote needs it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from itertools import combinations

import numpy as np

from gradcheck.arrays import Point, Values, convert_floats
from gradcheck.evaluation.evaluator import COPIED_ANEW, Evaluator, Malformed, UserError
from gradcheck.laws.gradient.directional_witnesses import report_differences, report_oracle
from gradcheck.laws.gradient.preparation import GradientCase, prepare_case
from gradcheck.laws.gradient.witness_reports import WitnessReport
from gradcheck.laws.reference_jumps import draw_move
from gradcheck.oracles.directional import Care, CaseForward
from gradcheck.oracles.error_factors import (
    EPS,
    FAINT_KINK,
    FEWER_DIGITS,
    FLOAT32_LEVEL,
    FLOAT32_STEP,
    HALF_THE_DIGITS,
    JUMP_SHARE,
    LAST_DIGITS,
    NEIGHBOUR_TRIALS,
    ONE_DIGIT,
    REPEATS,
    STEPS,
    THREE_DIGITS,
    VISIBILITY_FACTOR,
)
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative, differentiate_along
from gradcheck.oracles.finite_differences.directions import measure_typical_size
from gradcheck.oracles.finite_differences.line import generate_points_on_line, interleave_signs
from gradcheck.oracles.registry import load_oracles
from gradcheck.records.evidence import Witness

MEETING_TRIALS, MEETING_MOVES, MEETING_NUDGES, MEETING_STEP = 6, 2, (2.0**-16, 2.0**-20), 2.0**-25
"""Looks for kinks that meet at a point: each along some moves to both sides, over two distances, of which the shorter
is a sixteenth, and by a step far below both."""
STAIRCASE_TRIALS = 4
"""Lines along which a staircase of float32 is looked for: along one, steps may fall between its points."""


class Doubt(Enum):
    """A reason for which a disagreement does not count against a gradient."""

    NO_DIGIT_IS_RIGHT = auto()
    """A witness agrees only within the backward's own rounding, which is as large as the gradient."""
    DIGITS_ARE_LOST = auto()
    """A witness agrees only within the backward's own rounding, which exceeds half of the digits."""
    REFERENCE_JUMPS = auto()
    """The reference's gradient jumps next to the point."""
    REFERENCE_IS_ALONE = auto()
    """The differences do not confirm the reference's gradient, so that the reference contradicts alone."""
    SLOPES_DO_NOT_ADD_UP = auto()
    """Several kinks meet: the output is smooth along every line, and has no derivative."""
    KINKS_MEET = auto()
    """Several kinks meet, and their jumps cancel here, or for these very values of the other inputs."""
    VANISHES_NEARBY = auto()
    """A small disagreement is absent at most nearby points: the differences are distorted by a faint kink."""
    ONLY_LAST_DIGITS_DIFFER = auto()
    """Whoever contradicts does so by a few last digits: of the gradient, or of the witness."""
    MOST_DIGITS_AGREE = auto()
    """Whoever contradicts does so behind the tenth digit of the gradient."""
    CLIMBS_IN_FLOAT32_STEPS = auto()
    """A small error comes from a cast to float32 inside."""
    SHRINKS_IN_LONG_DOUBLE = auto()
    """A small error is rounding that Monte Carlo arithmetic did not detect."""


@dataclass(frozen=True)
class Doubts:
    """The doubts about the reports on one input, or on all inputs together where i is None."""

    case: GradientCase
    i: int | None
    reports: Sequence[WitnessReport]
    known: dict[Doubt, bool] = field(default_factory=dict)

    def hold(self, doubt: Doubt) -> bool:
        """Whether a doubt holds; evaluated once."""
        if doubt not in self.known:
            self.known[doubt] = REASONS[doubt](self)
        return self.known[doubt]

    @property
    def input_index(self) -> int:
        """The index of the input.  Only for the doubts about one input."""
        assert self.i is not None
        return self.i


def digits_are_lost(doubts: Doubts) -> bool:
    """Whether some witness agrees only within the backward's own rounding."""
    return any(report.lost_digits for report in doubts.reports)


def no_digit_is_right(doubts: Doubts) -> bool:
    """Whether some witness agrees only within a rounding of backward that leaves no digit; in a low precision that is
    no news."""
    is_low = doubts.case.evaluator.op.origin.working_precision.is_low
    return not is_low and any(report.has_no_right_digit for report in doubts.reports)


def differences_confirm_reference(case: GradientCase, i: int) -> bool:
    """Whether the differences agree with the reference's gradient of one input."""
    estimates = case.reference_gradients(REPEATS)
    exact = estimates[i]
    assert exact is not None
    reference = replace(case, gradients=tuple(None if e is None else e.value for e in estimates))
    for d in case.derivatives_along(i, Care.FULL):
        a = reference.project(d, d.estimate)
        if abs(a.claimed - a.expected) > a.error + float(np.sum(exact.error * np.abs(d.direction[i]))):
            return False
    return True


def slopes_add_up(case: GradientCase, i: int | None) -> bool:
    """Whether the derivatives along two directions add up to that along their sum, as those of a differentiable
    function do, for every pair of directions taken.  Where several kinks meet, as three elements that tie for the
    median, the output is smooth along every line, and yet has no derivative."""
    derivatives = [
        d for care in (Care.FULL, Care.OTHER_DIRECTIONS) for d in case.derivatives_along(i, care) if not d.touching
    ]
    return all(add_up(case, *pair, sign) for pair in combinations(derivatives, 2) for sign in (1, -1))


def add_up(case: GradientCase, first: DirectionalDerivative, second: DirectionalDerivative, sign: int) -> bool:
    """Whether half the sum, or the difference, of two derivatives is that along half the sum of the directions."""
    between = tuple((a + sign * b) / 2 for a, b in zip(first.direction, second.direction, strict=True))
    third = differentiate_along(CaseForward(case.evaluator), case.point, between).estimate
    a, b = first.estimate, second.estimate
    gap = np.abs((a.value + sign * b.value) / 2 - third.value)
    return bool(np.all(~(gap > a.error + b.error + third.error)[case.output_weights != 0]))


def kinks_meet(case: GradientCase, i: int | None) -> bool:
    """Whether the slope along a direction of one input, or of any, is another one on different sides of the point
    though the output is smooth there, as it stands or once some of the other inputs are a little other ones.  Units
    that all stand at their kink, as those of relu at x = 0, come to a smooth sum for some weights, of which the sum of
    their lawful choices is not the slope."""
    if i is None:
        return any(kinks_meet(case, alone) for alone in case.differentiable)
    direction, rng = case.derivatives_along(i, Care.FULL)[0].direction, case.evaluator.case.rng("meet")
    with suppress(UserError, Malformed):
        return any(
            slope_jumps(move_others(case, i, rng, number), case.upstream, direction, rng)
            for number in range(1 if case.evaluator.case.is_large else MEETING_TRIALS)
        )
    return False


def move_others(case: GradientCase, i: int, rng: np.random.Generator, number: int) -> Evaluator:
    """Return the point, with inputs other than i a little other ones: none of them at every other number, then all of
    them, then some."""
    here, share = case.evaluator.case, (0.0, 1.0, 0.0, 2 / 3)[number % 4]
    moves = [j != i and moving and rng.random() < share for j, moving in enumerate(case.evaluator.differentiable)]
    point = tuple(
        a * (1 + ONE_DIGIT * rng.uniform(-1, 1, size=a.shape)) if moved else a
        for a, moved in zip(here.point, moves, strict=True)
    )
    return Evaluator(case.evaluator.op, here.at(point))


def slope_jumps(evaluator: Evaluator, upstream: Point, direction: Point, rng: np.random.Generator) -> bool:
    """Whether the slope of the product of upstream and outputs along a direction differs between places beside the
    point.  That of a smooth one differs in proportion to their distance; a jump is as large at a shorter one."""
    point, forward = evaluator.case.point, CaseForward(evaluator)
    weights = forward.weigh(upstream)
    used = weights != 0
    moves = [draw_move(evaluator, rng) for _ in range(MEETING_MOVES)]
    far, near = (
        np.ptp(
            [
                measure_slope(forward, place, direction)[used] @ weights[used]
                for move in moves
                for place in generate_points_on_line(point, move, interleave_signs(np.array([nudge])))
            ]
        )
        for nudge in MEETING_NUDGES
    )
    (beside,) = generate_points_on_line(point, moves[0], np.array([max(MEETING_NUDGES)]))  # zeros do not round
    noise = 2 * np.abs(weights[used]) @ forward.measure_rounding_at(beside)[used] / MEETING_STEP
    return bool(near > VISIBILITY_FACTOR * noise and near > JUMP_SHARE * far)


def measure_slope(forward: CaseForward, point: Point, direction: Point) -> Values:
    """Measure the slope of each output along a direction, over one step."""
    ahead, behind = forward.evaluate_along_line(point, direction, interleave_signs(np.array([MEETING_STEP])))
    return np.asarray((ahead - behind) / (2 * MEETING_STEP))


def vanishes_nearby(case: GradientCase, i: int | None, reports: Sequence[WitnessReport]) -> bool:
    """Whether a small error, as estimated from the forward alone, is absent at most nearby points.  Then it came from a
    kink too faint to be detected, as that of a relu unit that contributes 1e-9 of the loss.  A wrong formula is wrong
    at the nearby points as well."""
    rng = case.evaluator.case.rng("around")
    if not case.evaluator.input_declarations.free or any(r.relative_error > FAINT_KINK for r in reports):
        return False
    nearby = [report for _ in range(NEIGHBOUR_TRIALS) for report in reports_nearby(case, i, rng)]
    return bool(nearby) and 2 * sum(r.agrees and not r.lost_digits for r in nearby) > len(nearby)


def reports_nearby(case: GradientCase, i: int | None, rng: np.random.Generator) -> Iterator[WitnessReport]:
    """Yield the reports of the differences and directional oracles at a point one step away."""
    here, op = case.evaluator.case, case.evaluator.op
    steps = [
        STEPS[0] * measure_typical_size(a) * rng.normal(size=a.shape) if moves else 0
        for a, moves in zip(here.point, case.evaluator.differentiable, strict=True)
    ]
    inputs = {label: a + step for (label, a), step in zip(here.inputs.items(), steps, strict=True)}
    there = prepare_case(Evaluator(op, replace(here, inputs=inputs), concrete_shapes=True), Care.FULL)
    if there is not None:
        reports = [report_differences(there, i), *(report_oracle(o, there, i) for o in load_oracles())]
        yield from (report for report in reports if report)


def contradicts_within(reports: Sequence[WitnessReport], share: float) -> bool:
    """Whether whoever contradicts does so by no more than a share of what it expects.  Code that is right to its last
    digits but a few, as a matrix exponential, is off by that in one direction, which no rounding shows."""
    wrong = [report.difference for report in reports if not report.agrees]
    return all(abs(d.got - d.wanted) <= share * abs(d.wanted) for d in wrong)


def climbs_in_float32_steps(case: GradientCase, i: int, reports: Sequence[WitnessReport]) -> bool:
    """Whether a small error comes from a cast to float32 inside.  Then the gradient is piecewise constant when inputs
    and upstream move: its second difference over a step of 2^-20 is a step of 2^-24, where that of a smooth formula is
    its curvature times 2^-40."""
    kinked = any(d.kinked.any() or any(t.any() for t in d.touching) for d in case.derivatives)
    if kinked or any(r.relative_error > FLOAT32_LEVEL for r in reports):
        return False
    rng = case.evaluator.case.rng("staircase")
    return any(steps_along_line(case, i, rng) for _ in range(STAIRCASE_TRIALS))


def steps_along_line(case: GradientCase, i: int, rng: np.random.Generator) -> bool:
    """Whether a gradient moves by a step where inputs and upstream move a little."""
    here = case.point, case.upstream
    moving = case.evaluator.differentiable, (True,) * len(case.upstream)
    moves = [
        tuple(a * 2.0**-20 * rng.normal(size=a.shape) if m else 0 * a for a, m in zip(*pair, strict=True))
        for pair in zip(here, moving, strict=True)
    ]
    ahead, behind = (
        [tuple(a + sign * m for a, m in zip(*pair, strict=True)) for pair in zip(here, moves, strict=True)]
        for sign in (1, -1)
    )
    g, p, m = (np.asarray(case.evaluator.gradients(*place)[i]) for place in (here, ahead, behind))
    return bool(np.max(np.abs(p - 2 * g + m), initial=0.0) > FLOAT32_STEP * np.max(np.abs(g), initial=0.0))


def shrinks_in_long_double(case: GradientCase, i: int, reports: Sequence[WitnessReport]) -> bool:
    """Whether a small error is rounding that Monte Carlo arithmetic did not detect: it shrinks where backward runs in
    long double; the error of a wrong formula does not.  Where long double has no more bits than float64 (Windows, macOS
    on arm64), this cannot be decided, and such an error stays failed or disputed."""
    longer = np.finfo(np.longdouble).eps < EPS / FEWER_DIGITS
    if not longer or all(r.witness != Witness.AUTODIFF for r in reports):
        return False
    if any(r.relative_error > FLOAT32_LEVEL for r in reports):
        return False
    exact, claimed = case.reference_gradients(REPEATS)[i], case.claimed(i)
    assert exact is not None
    try:
        point, upstream = (convert_floats(arrays, np.longdouble) for arrays in (case.point, case.upstream))
        finer = case.evaluator.gradients(point, upstream, COPIED_ANEW)[i]
    except (UserError, Malformed):
        return False
    if finer is None or finer.dtype != np.longdouble:
        return False
    off, left = (float(np.max(np.abs(g - exact.value), initial=0.0)) for g in (claimed, finer))
    return left * FEWER_DIGITS <= off


REASONS: Mapping[Doubt, Callable[[Doubts], bool]] = {
    Doubt.NO_DIGIT_IS_RIGHT: no_digit_is_right,
    Doubt.DIGITS_ARE_LOST: digits_are_lost,
    Doubt.REFERENCE_JUMPS: lambda d: d.case.reference_jumps(d.input_index),
    Doubt.REFERENCE_IS_ALONE: lambda d: not differences_confirm_reference(d.case, d.input_index),
    Doubt.SLOPES_DO_NOT_ADD_UP: lambda d: not slopes_add_up(d.case, d.i),
    Doubt.KINKS_MEET: lambda d: kinks_meet(d.case, d.i),
    Doubt.VANISHES_NEARBY: lambda d: vanishes_nearby(d.case, d.i, d.reports),
    Doubt.ONLY_LAST_DIGITS_DIFFER: lambda d: contradicts_within(d.reports, LAST_DIGITS * EPS),
    Doubt.MOST_DIGITS_AGREE: lambda d: contradicts_within(d.reports, HALF_THE_DIGITS * THREE_DIGITS),
    Doubt.CLIMBS_IN_FLOAT32_STEPS: lambda d: climbs_in_float32_steps(d.case, d.input_index, d.reports),
    Doubt.SHRINKS_IN_LONG_DOUBLE: lambda d: shrinks_in_long_double(d.case, d.input_index, d.reports),
}
"""The function that evaluates each doubt."""
