"""Shrinking: Hypothesis makes of a failing case the smallest counterexample."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from gradcheck.arrays import Values, unflatten
from gradcheck.declaration.op import Op
from gradcheck.generation.case_building import add_upstream
from gradcheck.generation.configuration import PinnedChoices, draw_configuration
from gradcheck.generation.hypothesis_runs import (
    BudgetSpent,
    make_hypothesis_settings,
    make_integer_drawer,
    run_property,
)
from gradcheck.generation.values import (
    GRID,
    PALETTE_SIZE,
    ValueKind,
    count_elements,
    fit_upstream_to_kind,
    make_points,
    map_to_domains,
    repeat_exponents,
)
from gradcheck.records.case import Case

MOST_DRAWN = 128  # elements drawn one by one while shrinking; above, one seed stands for all of them
MOST_CALLS = 400  # of the code under test, in shrinking one finding
SHRINK_PASSES = 3  # a pass ends where no single step leads to a smaller case; the next starts elsewhere
SHRINK_ATTEMPTS = 100  # cases tried to meet a finding again before it is reported as it was found


class DrawnChoices:
    """A Source that Hypothesis draws all choices for, with no axis longer than `longest` where that is lawful."""

    def __init__(self, draw: Callable[[int, int], int], longest: int) -> None:
        self.choose, self.longest = draw, longest

    def size(self, name: str, least: int, most: int) -> int:
        """How long an axis is."""
        return self.choose(least, max(least, min(most, self.longest)))


class Falsified(Exception):
    """The finding is still there."""


def shrink_case(op: Op, found: Case, fails: Callable[[Case], bool], seed: int) -> Case:
    """The smallest case that Hypothesis meets on which fails(case) holds; `found` where it meets none.

    Each pass looks at MOST_CALLS cases at the most, none of them larger than what the pass before it left."""
    best = found
    for number in range(SHRINK_PASSES):
        before = best
        best = run_shrink_pass(op, before, fails, f"{seed}:{op.name}:shrink {number}")
        if best.size == before.size:
            break
    return best


def run_shrink_pass(op: Op, found: Case, fails: Callable[[Case], bool], seed: str) -> Case:
    """One pass; it ends where the code under test answers otherwise than before."""
    from hypothesis.errors import Flaky

    longest = max((n for a in found.point for n in a.shape), default=1)
    best, calls = found, 0

    def property(case: Case) -> None:
        nonlocal best, calls
        calls += 1
        if calls > MOST_CALLS:
            raise BudgetSpent
        if case.size <= found.size and fails(case):
            best = case
            raise Falsified

    with suppress(Falsified, BudgetSpent, Flaky):
        run_property(
            property, build_case_strategy(op, longest), seed, make_hypothesis_settings(SHRINK_ATTEMPTS, shrink=True)
        )
    return best


def build_case_strategy(op: Op, longest: int) -> Any:
    """A strategy for whole cases, every choice shrinkable."""
    import hypothesis.strategies as st

    @st.composite
    def build(draw: Any) -> Case:
        configuration = draw_configuration(op, DrawnChoices(make_integer_drawer(draw), longest))
        kind = draw(st.sampled_from(("ties", "plain", "wide", "bounds")))  # the roundest first
        count = sum(count_elements(configuration))
        indices = draw_indices(draw, count, PALETTE_SIZE if kind in ("ties", "bounds") else len(GRID))
        scale = np.array([draw(st.integers(-8, 8)) if kind == "wide" else 0 for _ in configuration.shapes])
        inputs = map_to_domains(configuration, make_points(kind, indices, repeat_exponents(scale, configuration)))
        case = Case(op.name, inputs, (), configuration.settings, draw(st.integers(0, 255)))
        return add_upstream(op, case, lambda outputs: draw_upstream(draw, outputs, kind))

    return build()


def draw_upstream(draw: Any, outputs: tuple[Values, ...], kind: ValueKind) -> tuple[Values, ...]:
    """An upstream for these outputs: one element that is not zero, or, less simply, any values."""
    import hypothesis.strategies as st

    total = sum(y.size for y in outputs)
    if draw(st.booleans()) or not total:
        values = GRID[draw_indices(draw, total, len(GRID))]
    else:
        values = np.zeros(total)
        values[draw(st.integers(0, total - 1))] = GRID[1 + draw(st.integers(0, len(GRID) - 2))]
    return unflatten(fit_upstream_to_kind(kind, values), outputs)


def draw_indices(draw: Any, count: int, below: int) -> Values:
    """Grid indices one by one, or by a seed where they are many."""
    import hypothesis.strategies as st

    if count > MOST_DRAWN:
        return PinnedChoices(draw(st.integers(0, 2**32 - 1))).draw_whole_numbers(count, below)
    return np.array(draw(st.lists(st.integers(0, below - 1), min_size=count, max_size=count)), dtype=np.int64)
