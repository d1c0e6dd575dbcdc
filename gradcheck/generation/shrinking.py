"""Shrinking: from a case on which something is found to the smallest and roundest one on which it still is.

Sizes go first: the small configurations are tried from the smallest on, each with a few fillings that show most
mistakes, so that nearly all cases that are tried pass, which is cheap.  Where none of them fails, Hypothesis searches.
Then values become round: fillings of zeros and ones, whole arrays, single elements.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.op import Op
from gradcheck.generation.configuration import SIZE_SPAN, Configuration
from gradcheck.generation.hypothesis_runs import (
    BudgetSpent,
    make_hypothesis_settings,
    run_property,
)
from gradcheck.generation.long_axes import LENGTHS, DrawnConfiguration, Stretch, stretch_configuration
from gradcheck.generation.round_values import (
    REVEALING_FILLINGS,
    REVEALING_LENGTHS,
    ROUND_FILLINGS,
    Filling,
    FoundValues,
    make_filled_case,
    make_lawful,
)
from gradcheck.generation.small_configurations import (
    count_all_elements,
    list_one_long_axis,
    list_small_configurations,
)
from gradcheck.records.case import Case

MOST_TRIED = 400
"""Cases that are tried in shrinking one finding, where none of them fails."""
PRICE_OF_FAILING = 8
"""What a case that fails costs, beside one that passes."""
MOST_CONFIGURATIONS = 48
"""Small configurations that are tried with all fillings."""
TRIED_WITH_LONG_AXES = 200
"""Further cases that are tried where an axis has to be long."""
SHRINK_ATTEMPTS = 100  # cases that Hypothesis tries to meet a finding again
MOST_SIMPLIFIED = 32  # elements of an array that are simplified one by one


@dataclass(frozen=True)
class Shrunk:
    """The smallest case that was met.  is_complete: whether everything smaller that was planned was tried."""

    case: Case
    is_complete: bool


class Falsified(Exception):
    """The finding is still there."""


class CaseSearch:
    """The search for a smaller case: the best so far, and what may still be spent.

    fails: whether the finding is there in a case.
    """

    def __init__(self, found: Case, fails: Callable[[Case], bool]) -> None:
        self.best, self.fails, self.left = found, fails, MOST_TRIED
        self.tried: set[str] = set()

    def improves(self, case: Case) -> bool:
        """Whether a case is smaller than the best one and fails, and so is the best one from now on; large ones, of
        which each takes long, are not tried.  Raises BudgetSpent where nothing is left to spend."""
        if case.is_large or case.size >= self.best.size or case.digest in self.tried:
            return False
        if self.left <= 0:
            raise BudgetSpent
        self.tried.add(case.digest)
        failed = self.fails(case)
        self.left -= PRICE_OF_FAILING if failed else 1
        if failed:
            self.best = case
        return failed


def shrink_case(op: Op, found: Case, fails: Callable[[Case], bool], seed: int) -> Shrunk:
    """Return the smallest case that is met on which fails(case) holds; `found` where none is met."""
    search = CaseSearch(found, fails)
    try:
        if not shrink_sizes(op, search, FoundValues(found)) and not found.is_large:
            run_hypothesis(op, search, f"{seed}:shrink")
        if search.best.is_large:
            raise BudgetSpent
        simplify_values(op, search)
    except BudgetSpent:
        return Shrunk(search.best, is_complete=False)
    return Shrunk(search.best, is_complete=True)


def shrink_sizes(op: Op, search: CaseSearch, found: FoundValues) -> bool:
    """Try the small configurations, the smallest first, and then rounder values in the one that fails.  Returns whether
    one failed."""
    most = sum(a.size for a in found.case.point)
    small = [c for c in list_small_configurations(op) if count_all_elements(c) <= most][:MOST_CONFIGURATIONS]
    for configuration in small:
        if try_fillings(op, search, found, configuration, REVEALING_FILLINGS):
            try_fillings(op, search, found, configuration, ROUND_FILLINGS)
            return True
    return shrink_long_axis(op, search, found)


def shrink_long_axis(op: Op, search: CaseSearch, found: FoundValues) -> bool:
    """Look for one axis that has to be as long as the longest of the case, and then for the shortest length of it.
    Returns whether one was found."""
    longest = max((n for a in found.case.point for n in a.shape), default=0)
    if longest <= SIZE_SPAN:
        return False
    search.left += TRIED_WITH_LONG_AXES
    for drawn, stretch in list_one_long_axis(op, longest):
        configuration = stretch_configuration(op, drawn, stretch)
        if configuration and try_fillings(op, search, found, configuration, REVEALING_LENGTHS):
            shorten_axis(op, search, found, drawn, stretch)
            return True
    return False


def shorten_axis(op: Op, search: CaseSearch, found: FoundValues, drawn: DrawnConfiguration, stretch: Stretch) -> None:
    """Try the lengths below that of a long axis, the shortest first, and then rounder values at the one that fails."""
    shorter = [*range(SIZE_SPAN + 1, 18), *(n for n in LENGTHS if n > 17)]
    for length in (*(n for n in shorter if n < stretch.length), stretch.length):
        configuration = stretch_configuration(op, drawn, replace(stretch, length=length))
        is_last = length == stretch.length
        if configuration and (is_last or try_fillings(op, search, found, configuration, REVEALING_LENGTHS)):
            try_fillings(op, search, found, configuration, ROUND_FILLINGS)
            return


def try_fillings(
    op: Op,
    search: CaseSearch,
    found: FoundValues,
    configuration: Configuration,
    fillings: Sequence[tuple[Filling, Filling]],
) -> bool:
    """Whether a case of this configuration fails with one of the fillings."""
    return any(search.improves(make_filled_case(op, configuration, filling, found)) for filling in fillings)


def simplify_values(op: Op, search: CaseSearch) -> None:
    """Make values of the best case round as long as that succeeds."""
    while sum(search.improves(case) for case in propose_rounder_cases(op, search)):
        pass


def propose_rounder_cases(op: Op, search: CaseSearch) -> Iterator[Case]:
    """Yield cases that differ from the best one at that time in one array, or in one element of one."""
    for label in search.best.inputs:
        for change in CHANGES:
            yield from propose_changed_input(op, search, label, change)
    for number in range(len(search.best.upstream)):
        for change in CHANGES:
            yield from propose_changed_upstream(search, number, change)
    for label in search.best.inputs:
        for element in range(min(search.best.inputs[label].size, MOST_SIMPLIFIED)):
            for change in CHANGES:
                yield from propose_changed_input(op, search, label, change, element)
    for number in range(len(search.best.upstream)):
        for element in range(min(search.best.upstream[number].size, MOST_SIMPLIFIED)):
            for change in CHANGES:
                yield from propose_changed_upstream(search, number, change, element)


CHANGES: tuple[Callable[[Values], Values], ...] = (
    np.zeros_like,
    np.ones_like,
    lambda a: np.sign(a) if a.dtype.kind == "f" else a,
    lambda a: np.trunc(a) if a.dtype.kind == "f" else a,
    lambda a: np.trunc(8 * a) / 8 if a.dtype.kind == "f" else a,
)
"""What makes an array, or an element, simpler: the simplest first."""


def propose_changed_input(
    op: Op, search: CaseSearch, label: str, change: Callable[[Values], Values], element: int | None = None
) -> Iterator[Case]:
    """Yield the best case with one input changed, or one element of it, where its domain allows that."""
    before = search.best.inputs[label]
    changed = change_values(before, change, element)
    lawful = None if np.array_equal(changed, before) else make_lawful(op.array(label), changed, before)
    if lawful is not None:
        yield search.best.at(tuple({**search.best.inputs, label: lawful}.values()))


def propose_changed_upstream(
    search: CaseSearch, number: int, change: Callable[[Values], Values], element: int | None = None
) -> Iterator[Case]:
    """Yield the best case with the upstream of one output changed, or one element of it."""
    before = search.best.upstream[number]
    changed = change_values(before, change, element)
    if not np.array_equal(changed, before):
        upstream = (*search.best.upstream[:number], changed, *search.best.upstream[number + 1 :])
        yield search.best.at(search.best.point, upstream)


def change_values(a: Values, change: Callable[[Values], Values], element: int | None) -> Values:
    """Return a changed copy of an array, of all its elements or of one."""
    changed = np.array(change(a)) + a.dtype.type(0)  # no negative zero
    if element is None or not a.size:
        return changed
    result = np.array(a)
    result.flat[element] = changed.flat[element]
    return result


def run_hypothesis(op: Op, search: CaseSearch, seed: str) -> None:
    """Let Hypothesis search for smaller cases; it ends where the code under test answers otherwise than before."""
    from hypothesis.errors import Flaky

    from gradcheck.generation.case_strategies import cases_of, draw_whole_number_by_bits, shortened_configurations

    longest = max((n for a in search.best.point for n in a.shape), default=1)

    def property(case: Case) -> None:
        if search.improves(case):
            raise Falsified

    with suppress(Falsified, Flaky):
        settings = make_hypothesis_settings(SHRINK_ATTEMPTS, shrink=True)
        shorter = shortened_configurations(op, longest, draw_whole_number_by_bits)
        run_property(property, cases_of(op, shorter, draw_whole_number_by_bits), seed, settings)
