"""Comparison of a claimed gradient with a witness's expectation, within the witness's own error bar."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.arrays import Values
from gradcheck.laws.comparison import Difference, find_largest_difference
from gradcheck.laws.gradient.preparation import GradientCase, Projection
from gradcheck.oracles.error_factors import (
    COMFORTABLE_SHARE,
    EPS,
    FEW_REPEATS,
    HALF_THE_DIGITS,
    LAST_DIGITS,
    ONE_DIGIT,
    REPEATS,
)
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative
from gradcheck.records.evidence import Estimate, Evidence, Witness

BEYOND_DOUBT = 2.0**24
"""Error bars, measured with few repeats, beyond which a difference is larger than any that more repeats may find: those
may move a result by a finer nudge, which is 2^20 times smaller.  Asked where each repeat costs much."""


@dataclass(frozen=True)
class WitnessReport:
    """The comparison of one witness with the gradient of one input, or of all inputs together.

    relative_error: |difference| / |expected|.  relative_bar: what is allowed / |expected|.  is_precise: whether the
    witness knows the gradient to half of its digits, so that the relative error is meaningful.  lost_digits: whether
    the two agree only within the backward's own rounding, which exceeds half of the digits.  is_silent: whether the two
    agree within a bar as large as what is compared, which says nothing.
    """

    witness: str
    difference: Difference
    relative_error: float
    is_precise: bool
    lost_digits: bool = False
    is_silent: bool = False
    relative_bar: float = 0.0

    @property
    def has_no_right_digit(self) -> bool:
        """Whether all digits of the gradient are lost."""
        return self.lost_digits and self.relative_error > ONE_DIGIT

    @property
    def agrees(self) -> bool:
        """Whether the gradient equals the witness's expectation within the error bar."""
        return self.difference.holds

    @property
    def evidence(self) -> Evidence:
        """The figures of this report as a finding carries them."""
        d = self.difference
        return Evidence(self.witness, d.got, d.wanted, d.allowed, d.holds)


def divide_error(gap: float, whole: float) -> float:
    """Return gap / whole; 0 where gap is zero, inf where gap is not finite or whole alone is zero."""
    if gap == 0:
        return 0.0
    return gap / whole if whole and np.isfinite(gap) else float("inf")


def report_elements(
    got: Values,
    expected: Values,
    error: Values,
    own_rounding: Callable[[], Values],
    accept_rounding: bool = False,
    slope_size: float = 0.0,
) -> WitnessReport:
    """Compare element by element within the reference's error alone; where that does not suffice, and own rounding is
    accepted, with the backward's own rounding added.  slope_size: of a gradient that moves an output by its own size
    when the input moves by its own; a bar is narrow beside it where all that is compared is zero."""
    sharp = find_largest_difference(got, expected, error)
    gap, largest = float(np.max(np.abs(got - expected), initial=0.0)), float(np.max(np.abs(expected), initial=0.0))
    relative = divide_error(gap, largest)
    bar = float(np.max(error, initial=0.0, where=np.isfinite(error)))
    precise = bar <= HALF_THE_DIGITS * largest
    report = WitnessReport(Witness.AUTODIFF, sharp, relative, precise, relative_bar=divide_error(bar, largest))
    if sharp.holds:
        knows = knows_a_digit(got, expected, error) or are_zeros(got, expected, error, own_rounding, slope_size)
        return replace(report, is_silent=not knows)
    if not accept_rounding or not np.isfinite(sharp.got):
        return report
    allowed = error + own_rounding()
    rounded = find_largest_difference(got, expected, np.where(np.isnan(allowed), np.inf, allowed))
    lost = rounded.holds and are_digits_lost(gap, largest, bar) and bool(np.isfinite(allowed).all())
    silent = rounded.holds and not lost and not knows_a_digit(got, expected, allowed)
    whole_bar = float(np.max(allowed, initial=0.0, where=np.isfinite(allowed)))
    return replace(
        report,
        difference=rounded,
        lost_digits=lost,
        is_silent=silent,
        relative_bar=divide_error(whole_bar, largest),
    )


def knows_a_digit(got: Values, expected: Values, allowed: Values) -> bool:
    """Whether an error bar leaves a digit of at least one element that is compared, if there is any."""
    return not got.size or bool(np.any(allowed <= ONE_DIGIT * np.maximum(np.abs(got), np.abs(expected))))


def are_zeros(
    got: Values, expected: Values, error: Values, own_rounding: Callable[[], Values], slope_size: float
) -> bool:
    """Whether what is compared is known to be zero: both sides are, exactly, or within an error that is that of the
    last digits of a gradient of the typical size, or within their own rounding, which is narrow beside that size."""
    known = np.isfinite(error)
    got, expected, error = got[known], expected[known], error[known]
    if not got.any() and not expected.any():
        return True
    if np.any(np.abs(expected) > error):
        return False
    if np.all((np.abs(got) <= error) & (error <= LAST_DIGITS * EPS * slope_size)):
        return True
    rounding = own_rounding()[known]
    return bool(np.all((np.abs(got) <= rounding) & (error + rounding <= HALF_THE_DIGITS * slope_size)))


def are_digits_lost(gap: float, whole: float, error: float) -> bool:
    """Whether a difference takes half of the digits of what is compared, as seen by a witness that knows them; or all
    of them, as seen by a witness that is off by less."""
    knows_half, takes_all = error <= HALF_THE_DIGITS * whole, gap > ONE_DIGIT * whole and error <= ONE_DIGIT * gap
    return gap > HALF_THE_DIGITS * whole and (knows_half or takes_all)


def report_direction(
    case: GradientCase, derivative: DirectionalDerivative, estimate: Estimate, witness: str
) -> WitnessReport | None:
    """Compare along one direction; None where it moves nothing, where the witness has no estimate for an output that
    the upstream uses, or where the gradient's own terms overflow."""
    a = case.project(derivative, estimate)
    overflows = not np.isfinite(a.size) and all(np.isfinite(case.claimed(i)).all() for i in case.differentiable)
    known = np.isfinite(a.expected) and np.isfinite(a.error)
    if overflows or not known or not any(d.any() for d in derivative.direction):
        return None
    gap, own = abs(a.claimed - a.expected), 0.0
    if gap > a.error:
        own = measure_rounding_along(case, derivative, FEW_REPEATS)
        is_hopeless = case.evaluator.case.is_large and gap > BEYOND_DOUBT * (a.error + own)
        if gap > COMFORTABLE_SHARE * (a.error + own) and not is_hopeless:
            own = measure_rounding_along(case, derivative)
    allowed = a.error + own
    ratio = gap / allowed if np.isfinite(gap) else float("inf")
    difference = Difference(ratio, a.claimed, a.expected, allowed, (), derivative.direction)
    lost = difference.holds and np.isfinite(own) and own > 0 and are_digits_lost(gap, a.whole, a.error)
    lost = lost and gap > LAST_DIGITS * EPS * case.output_size and not is_zero_along(case, derivative, a)
    silent = difference.holds and not lost and not is_known_along(case, derivative, a, allowed)
    precise = allowed <= HALF_THE_DIGITS * a.whole
    relative, bar = divide_error(gap, a.whole), divide_error(allowed, a.whole)
    return WitnessReport(witness, difference, relative, precise, lost, silent, bar)


def measure_rounding_along(case: GradientCase, derivative: DirectionalDerivative, repeats: int = REPEATS) -> float:
    """Measure the rounding of the hand-written gradient along a direction; inf where it cannot be measured."""
    bars = zip(case.rounding_of_gradients(repeats), derivative.direction, strict=True)
    rounding = float(sum(np.sum(bar * np.abs(d), where=d != 0) for bar, d in bars if bar is not None))
    return rounding if np.isfinite(rounding) else float("inf")


def is_known_along(case: GradientCase, derivative: DirectionalDerivative, a: Projection, allowed: float) -> bool:
    """Whether an error bar leaves a digit of the slopes along a direction, or both are known to be zero."""
    return allowed <= ONE_DIGIT * a.whole or is_zero_along(case, derivative, a)


def is_zero_along(case: GradientCase, derivative: DirectionalDerivative, a: Projection) -> bool:
    """Whether both slopes along a direction are known to be zero: beside a slope that moves an output by as much as the
    input moves, the error is that of the last digits; or the claimed slope is zero within its own rounding, and that
    is narrow beside a slope that moves an output by as much times the other inputs, of which terms may be made."""
    moves = [float(np.max(np.abs(d), initial=0.0)) for d in derivative.direction]
    if abs(a.expected) > a.error:
        return False
    if abs(a.claimed) <= a.error <= LAST_DIGITS * EPS * case.upstream_size * max(moves):
        return True
    farthest = max(move * others for move, others in zip(moves, case.products_of_others, strict=True))

    def is_within_rounding(own: float) -> bool:
        return abs(a.claimed) <= own and a.error + own <= HALF_THE_DIGITS * case.upstream_size * farthest

    if not a.size:
        return is_within_rounding(0.0)
    return any(is_within_rounding(measure_rounding_along(case, derivative, n)) for n in (FEW_REPEATS, REPEATS))
