"""Comparison of a claimed gradient with a witness's expectation, within the witness's own error bar."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gradcheck.arrays import Values
from gradcheck.laws.comparison import Difference, find_largest_difference
from gradcheck.laws.gradient.preparation import GradientCase
from gradcheck.oracles.error_factors import HALF_THE_DIGITS
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative
from gradcheck.records.evidence import Estimate, Evidence, Witness


@dataclass(frozen=True)
class WitnessReport:
    """The comparison of one witness with the gradient of one input, or of all inputs together.

    relative_error: |difference| / |expected|.  is_precise: whether the witness knows the gradient to half of its
    digits, so that the relative error is meaningful.  lost_digits: whether the two agree only within the backward's own
    rounding, which exceeds half of the digits.
    """

    witness: str
    difference: Difference
    relative_error: float
    is_precise: bool
    lost_digits: bool = False

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
    got: Values, expected: Values, error: Values, own_rounding: Callable[[], Values] | None
) -> WitnessReport:
    """Compare element by element within the reference's error alone; where that does not suffice, with the backward's
    own rounding added."""
    sharp = find_largest_difference(got, expected, error)
    gap, largest = float(np.max(np.abs(got - expected), initial=0.0)), float(np.max(np.abs(expected), initial=0.0))
    relative = divide_error(gap, largest)
    precise = float(np.max(error, initial=0.0, where=np.isfinite(error))) <= HALF_THE_DIGITS * largest
    if sharp.holds or own_rounding is None or not np.isfinite(sharp.got):
        return WitnessReport(Witness.AUTODIFF, sharp, relative, precise)
    rounded = find_largest_difference(got, expected, error + own_rounding())
    return WitnessReport(Witness.AUTODIFF, rounded, relative, precise, precise and relative > HALF_THE_DIGITS)


def report_direction(
    case: GradientCase, derivative: DirectionalDerivative, estimate: Estimate, witness: str
) -> WitnessReport | None:
    """Compare along one direction; None where the witness has no estimate for an output that the upstream uses."""
    a = case.project(derivative, estimate)
    overflows = not np.isfinite(a.size + a.expected) and all(
        np.isfinite(case.claimed(i)).all() for i in case.differentiable
    )
    if overflows or (not np.isfinite(a.error) and np.isfinite(a.size)):
        return None
    gap, whole, allowed = abs(a.claimed - a.expected), max(a.size, abs(a.expected)), a.error
    if gap > allowed:
        bars = zip(case.rounding_of_gradients(), derivative.direction, strict=True)
        allowed += float(sum(np.sum(bar * np.abs(d)) for bar, d in bars if bar is not None))
    ratio = gap / allowed if np.isfinite(gap) else float("inf")
    precise = allowed <= HALF_THE_DIGITS * whole
    difference = Difference(ratio, a.claimed, a.expected, allowed, ())
    lost = precise and HALF_THE_DIGITS * whole < gap > a.error
    return WitnessReport(witness, difference, divide_error(gap, whole), precise, lost)
