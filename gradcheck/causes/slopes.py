"""The slope of the outputs, weighed by the upstream, along a direction of one input: what the right gradient times that
direction sums to, found without a derivative by each element."""

from dataclasses import dataclass

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.wrong_case import RELATIVE_TOLERANCE, replace_input
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles.directional import CaseForward
from gradcheck.oracles.finite_differences.derivative import differentiate_along


@dataclass(frozen=True)
class Slope:
    """A slope, how far it may be off, and the sum of the sizes of its terms: one for each output."""

    value: float
    error: float
    size: float

    @property
    def is_known(self) -> bool:
        """Whether it is a number with an error that is one."""
        return bool(np.isfinite(self.value) and np.isfinite(self.error))

    def is_of(self, gradient: Values, direction: Values) -> bool:
        """Whether a gradient has this slope along the direction; no gradient has one that is not known."""
        parts = gradient * direction
        total, size = float(np.sum(parts)), float(np.sum(np.abs(parts)))
        tolerance = RELATIVE_TOLERANCE * (self.size + size) + 4 * self.error
        return self.is_known and abs(total - self.value) <= tolerance


def measure_slope_of_input(evaluator: Evaluator, i: int, direction: Values) -> Slope:
    """Measure the slope of a case along a direction of input i.  Raises UserError and Malformed."""
    case, forward = evaluator.case, CaseForward(evaluator)
    along = replace_input(tuple(np.zeros(a.shape) for a in case.point), i, direction)
    estimate = differentiate_along(forward, case.point, along).estimate
    weights = forward.weigh(case.upstream)
    used = weights != 0
    terms, errors = weights[used] * estimate.value[used], np.abs(weights[used]) * estimate.error[used]
    return Slope(float(np.sum(terms)), float(np.sum(errors)), float(np.sum(np.abs(terms))))
