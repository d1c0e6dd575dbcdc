"""Relative errors of single elements: small elements of a gradient count as much as large ones.

The largest error beside the largest element does not see a sigmoid that has lost all digits in its tails; what each
element is off, beside itself, does.  The reference knows each element, within its own error bar.
"""

from collections.abc import Iterator

import numpy as np

from gradcheck.evaluation.evaluator import UserError
from gradcheck.laws.gradient.preparation import GradientCase
from gradcheck.oracles.autodiff import UNAVAILABLE
from gradcheck.oracles.error_factors import EPS, LAST_DIGITS, REPEATS, UNDERFLOW
from gradcheck.records.evidence import ELEMENTWISE, ErrorKey


def measure_elementwise_errors(case: GradientCase) -> dict[ErrorKey, float]:
    """Measure the largest relative error of an element for each input, of the elements that the reference knows to the
    last digits; what its error bar explains does not count."""
    if case.evaluator.op.reference is None:
        return {}
    try:
        in_range = case.reference_answer().in_range
        return dict(list_elementwise_errors(case)) if in_range else {}
    except (*UNAVAILABLE, UserError):
        return {}


def list_elementwise_errors(case: GradientCase) -> Iterator[tuple[ErrorKey, float]]:
    """Yield the error of each input of which an element is known.  Raises ReferenceMismatch and UserError."""
    estimates = case.reference_gradients(REPEATS)
    for i in case.differentiable:
        estimate, x = estimates[i], case.point[i]
        if estimate is None:
            continue
        tangent = case.evaluator.input_declarations.domains[i].tangent
        got, exact = tangent(x, case.claimed(i)), tangent(x, estimate.value)
        size = np.abs(exact)
        known = (estimate.error <= LAST_DIGITS * EPS * size) & (size > UNDERFLOW) & np.isfinite(exact)
        for derivative in case.derivatives:
            if derivative.touching:
                known &= ~np.asarray(derivative.touching[i], bool)
        if known.any():
            excess = np.maximum(np.abs(got - exact)[known] - estimate.error[known], 0.0) / size[known]
            error = float(np.max(np.where(np.isnan(excess), np.inf, excess)))
            yield ErrorKey(case.evaluator.labels[i], ELEMENTWISE), error
