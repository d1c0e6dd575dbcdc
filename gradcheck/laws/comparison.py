"""Comparison of arrays: the element that differs most relative to what rounding allows."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.formatting import format_apart, format_index
from gradcheck.oracles.error_factors import COMFORTABLE_SHARE, EPS, FEW_REPEATS, REORDERING_FACTOR, REPEATS, UNDERFLOW
from gradcheck.records.case import Case
from gradcheck.records.evidence import Evidence, Witness

NARROW_SHARE = 1e-4
"""The share of a difference below which an error bar says nothing to a reader."""


@dataclass(frozen=True)
class Difference:
    """The largest difference between two arrays, relative to what is allowed.  ratio: |got - wanted| / allowed there,
    inf where one is not finite.  direction: of each input, where the numbers are slopes along it."""

    ratio: float
    got: float
    wanted: float
    allowed: float
    where: tuple[int, ...]
    direction: Point = ()

    @property
    def holds(self) -> bool:
        """Whether the arrays agree within what is allowed."""
        return self.ratio <= 1

    @property
    def evidence(self) -> Evidence:
        """These numbers as the evidence of a finding that compares the op with itself."""
        return Evidence(Witness.OP, self.got, self.wanted, self.allowed, self.holds)

    @property
    def words(self) -> str:
        """These numbers as text, with enough digits to distinguish them, and the bar where it is near enough to
        matter."""
        got, wanted = format_apart(self.got, self.wanted, self.allowed)
        gap = abs(self.got - self.wanted)
        matters = np.isfinite(gap) and np.isfinite(self.allowed) and self.allowed > NARROW_SHARE * gap
        return f"{got}{format_index(self.where)}, expected {wanted}{f' ± {self.allowed:.0e}' * bool(matters)}"


NO_DIFFERENCE = Difference(0.0, 0.0, 0.0, 0.0, ())
"""The difference of two arrays that are equal, as those without elements."""


def find_largest_difference(got: Values, wanted: Values, allowed: Values) -> Difference:
    """Return the difference at the element where it is largest relative to what is allowed.  A NaN on one side alone
    counts as infinitely wrong, unless nothing is known there: an allowed error of inf, or NaN.  got, wanted, allowed:
    arrays of one shape, or that broadcast to that of got."""
    if not got.size:
        return NO_DIFFERENCE
    gap = np.abs(np.asarray(got, float) - wanted)
    ratio = gap / np.maximum(allowed, UNDERFLOW)
    if not np.isfinite(ratio).all():
        same = (got == wanted) | (np.isnan(got) & np.isnan(wanted)) | ~np.isfinite(allowed)
        ratio = np.where(same, 0.0, np.where(np.isnan(ratio), np.inf, ratio))
    return make_difference(int(np.argmax(ratio)), ratio, got, wanted, allowed)


def compare_exactly(got: Values, wanted: Values) -> Difference:
    """Return the difference of two arrays where nothing is allowed, but for elements that are wanted not finite."""
    if np.array_equal(got, wanted):
        return NO_DIFFERENCE
    return find_largest_difference(got, wanted, np.where(np.isfinite(wanted), 0.0, np.inf))


def find_largest_size(a: Values) -> float:
    """Return the largest absolute value of an array, NaN where it holds one, 0 for an empty one."""
    return float(np.maximum(np.max(a), -np.min(a))) if a.size else 0.0


def make_difference(element: int, ratio: Values, got: Values, wanted: Values, allowed: Values) -> Difference:
    """Return the difference at one element, given by its index in C order."""
    where = tuple(map(int, np.unravel_index(element, got.shape)))
    bar = allowed.item(element) if np.shape(allowed) == got.shape else np.broadcast_to(allowed, got.shape)[where]
    return Difference(ratio.item(element), float(got.item(element)), float(wanted.item(element)), float(bar), where)


def choose_comfortable_share(case: Case) -> float:
    """Return the share of the narrowest error bar below which a difference needs no measured one: of many elements,
    some are off by the whole of it."""
    return 1.0 if case.is_large else COMFORTABLE_SHARE


def allow_reordering(case: Case) -> float:
    """Return the share of the largest element by which results of a large case may differ where sums are taken in
    another order, before their rounding is looked at more closely: the roundings of n terms add up to the root of n of
    them, and there are no more terms than elements."""
    return REORDERING_FACTOR * EPS * math.sqrt(case.elements)


def compare_with_few_repeats_first(compare: Callable[[int], Difference]) -> Difference:
    """Compare with FEW_REPEATS Monte Carlo repeats, and with REPEATS where that is not comfortably within the allowed
    error."""
    first = compare(FEW_REPEATS)
    return first if first.ratio <= COMFORTABLE_SHARE else compare(REPEATS)


def compare_within_rounding(got: Values, wanted: Values, spread: Callable[[int], Values]) -> Difference:
    """Compare two results of the same code.  The rounding, spread(repeats), is measured only where they differ by more
    than sums in another order do, and counts twice, once for each side."""
    exact = compare_exactly(got, wanted)
    if exact.ratio == 0:
        return exact
    reordered = REORDERING_FACTOR * EPS * float(np.max(np.abs(wanted), initial=0.0, where=np.isfinite(wanted)))
    return compare_beyond_least(got, wanted, reordered, lambda repeats: 2 * spread(repeats) + reordered)


def compare_beyond_least(got: Values, wanted: Values, least: float, allow: Callable[[int], Values]) -> Difference:
    """Compare two results within what allow(repeats) allows, which is at least `least` and measured only where that
    does not comfortably suffice."""

    def compare(allowed: Values | float) -> Difference:
        return find_largest_difference(got, wanted, np.where(np.isfinite(wanted), allowed, np.inf))

    sure = compare(least)
    return sure if sure.ratio <= COMFORTABLE_SHARE else compare_with_few_repeats_first(lambda n: compare(allow(n)))
