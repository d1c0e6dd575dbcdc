"""Arrays compared: where they differ most, beside what their rounding allows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradcheck.arrays import Values
from gradcheck.formatting import format_index, format_number
from gradcheck.oracles.error_factors import COMFORTABLE_SHARE, EPS, FEW_REPEATS, REORDERING_FACTOR, REPEATS, UNDERFLOW
from gradcheck.records.evidence import Evidence, Witness


@dataclass(frozen=True)
class Difference:
    """Where two arrays differ most, measured in what is allowed.  ratio: |got - wanted| / allowed there, inf where
    one is not finite."""

    ratio: float
    got: float
    wanted: float
    allowed: float
    where: tuple[int, ...]

    @property
    def holds(self) -> bool:
        """Whether the arrays agree within what is allowed."""
        return self.ratio <= 1

    @property
    def evidence(self) -> Evidence:
        """The same numbers for a finding that compares the op with itself."""
        return Evidence(Witness.OP, self.got, self.wanted, self.allowed, self.holds)

    @property
    def words(self) -> str:
        """The numbers as a person reads them, in as many digits as tell them apart."""
        got, wanted = format_number(self.got), format_number(self.wanted)
        if got == wanted:
            got, wanted = repr(self.got), repr(self.wanted)
        return f"{got}{format_index(self.where)}, expected {wanted} ± {self.allowed:.0e}"


EMPTY_DIFFERENCE = Difference(0.0, 0.0, 0.0, 0.0, ())
"""The difference of two arrays without elements."""


def find_largest_difference(got: Values, wanted: Values, allowed: Values) -> Difference:
    """The element whose difference is largest beside what is allowed.  A NaN on one side alone is infinitely wrong."""
    if not got.size:
        return EMPTY_DIFFERENCE
    gap = np.abs(np.asarray(got, float) - wanted)
    ratio = gap / np.maximum(allowed, UNDERFLOW)
    if not np.isfinite(gap).all():
        same = (got == wanted) | (np.isnan(got) & np.isnan(wanted)) | np.isinf(allowed)
        ratio = np.where(same, 0.0, np.where(np.isnan(ratio), np.inf, ratio))
    return make_difference(int(np.argmax(ratio)), ratio, got, wanted, allowed)


def make_difference(element: int, ratio: Values, got: Values, wanted: Values, allowed: Values) -> Difference:
    """The difference at one element, counted row by row."""
    where = tuple(map(int, np.unravel_index(element, got.shape)))
    bar = allowed.item(element) if np.shape(allowed) == got.shape else np.broadcast_to(allowed, got.shape)[where]
    return Difference(ratio.item(element), float(got.item(element)), float(wanted.item(element)), float(bar), where)


def compare_with_few_repeats_first(compare: Callable[[int], Difference]) -> Difference:
    """A comparison that measures rounding by so many Monte Carlo repeats: by few where that is comfortable."""
    first = compare(FEW_REPEATS)
    return first if first.ratio <= COMFORTABLE_SHARE else compare(REPEATS)


def compare_within_rounding(got: Values, wanted: Values, spread: Callable[[int], Values]) -> Difference:
    """Compare two results of the same code.  The rounding, spread(repeats), is measured only where they differ, and
    counts twice, once for each side."""
    exact = find_largest_difference(got, wanted, np.where(np.isfinite(wanted), 0.0, np.inf))
    if exact.ratio == 0:
        return exact
    reordered = REORDERING_FACTOR * EPS * float(np.max(np.abs(wanted), initial=0.0, where=np.isfinite(wanted)))

    def compare(repeats: int) -> Difference:
        return find_largest_difference(
            got, wanted, np.where(np.isfinite(wanted), 2 * spread(repeats) + reordered, np.inf)
        )

    return compare_with_few_repeats_first(compare)
