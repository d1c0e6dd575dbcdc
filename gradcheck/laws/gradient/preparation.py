"""Step 1 of the law gradient: the derivatives of a case, the upstream common to all witnesses, the claimed gradients.

Nothing is judged here.  The upstream is chosen after the derivatives: it is zero where an output has none.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gradcheck.arrays import Point, Values, flat, unflatten
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles import autodiff
from gradcheck.oracles.directional import Care, directional_derivatives_of_case
from gradcheck.oracles.error_factors import EPS, REORDERING_FACTOR, UNDERFLOW
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative
from gradcheck.oracles.finite_differences.upstream_weights import weight_upstream
from gradcheck.oracles.monte_carlo import measure_rounding
from gradcheck.records.evidence import Estimate


@dataclass(frozen=True)
class Projection:
    """The comparison along one direction: the claimed slope, the expected slope, its error, and the sum of the absolute
    terms of the claimed one."""

    claimed: float
    expected: float
    error: float
    size: float


@dataclass(frozen=True)
class GradientCase:
    """One prepared case: derivatives along directions of all inputs, the common upstream, the claimed gradients.

    care: the level of care with which the derivatives were taken, and with which those of single inputs will be.
    """

    evaluator: Evaluator
    care: Care
    derivatives: list[DirectionalDerivative]
    upstream: Point
    gradients: tuple[Values | None, ...]

    @property
    def point(self) -> Point:
        """The values of all inputs."""
        return self.evaluator.case.point

    @property
    def differentiable(self) -> list[int]:
        """The indices of the inputs that have a gradient."""
        return [i for i, gradient in enumerate(self.gradients) if gradient is not None]

    @cached_property
    def error_bars(self) -> list[float]:
        """The error of the finite differences along each direction, projected on the upstream."""
        return [self.project(d, d.estimate).error for d in self.derivatives]

    def claimed(self, i: int) -> Values:
        """Return the claimed gradient of an input that has one."""
        gradient = self.gradients[i]
        assert gradient is not None
        return gradient

    def rounding_of_gradients(self) -> tuple[Values | None, ...]:
        """Measure the rounding error of each hand-written gradient, once."""

        def measure() -> tuple[Values | None, ...]:
            rng = self.evaluator.case.rng("backward")
            bars = iter(
                measure_rounding(lambda arrange: self.evaluator.gradients(self.point, self.upstream, arrange), rng)
            )
            return tuple(None if g is None else next(bars) for g in self.gradients)

        key = (b"own rounding", self.evaluator.key(self.upstream))
        measured: tuple[Values | None, ...] = self.evaluator.compute_once(key, measure)
        return measured

    def rounding_of(self, i: int) -> Values:
        """Return the rounding error of the gradient of input i, which must have one."""
        bar = self.rounding_of_gradients()[i]
        assert bar is not None
        return bar

    def reference_answer(self) -> autodiff.ReferenceResult:
        """Return the reference's outputs and gradients.  Raises UserError and ReferenceMismatch."""
        return autodiff.evaluate_reference(self.evaluator, self.point, self.upstream)

    def reference_gradients(self, repeats: int) -> list[Estimate | None]:
        """Return the reference's gradients, their rounding measured with this number of repeats."""
        return autodiff.estimate_reference(self.evaluator, self.point, self.upstream, repeats)[1]

    def project(self, derivative: DirectionalDerivative, estimate: Estimate) -> Projection:
        """Compare the product of the upstream and a derivative with the product of the gradients and its direction."""
        u = flat(self.upstream)
        expected, error = float(u @ estimate.value), float(np.abs(u) @ estimate.error)
        if not np.isfinite(expected + error):  # zero times an unknown value is zero
            used = u != 0
            expected = float(u[used] @ estimate.value[used])
            error = float(np.abs(u[used]) @ estimate.error[used])
        claimed, size, length = 0.0, 0.0, 0.0
        for g, d in zip(self.gradients, derivative.direction, strict=True):
            if g is not None and g.size:
                terms = g * d
                if not np.isfinite(claimed + float(terms.sum())):
                    terms = terms[d != 0]
                claimed, size = claimed + float(terms.sum()), size + float(np.abs(terms).sum())
                length += float(np.abs(d).sum())
        return Projection(
            claimed, expected, error + 2 * REORDERING_FACTOR * EPS * size + UNDERFLOW * max(length, 1.0), size
        )


def prepare_case(evaluator: Evaluator, care: Care) -> GradientCase | None:
    """Take the derivatives, choose the upstream by them, run backward for it; None where no output has a derivative.

    Raises UserError and Malformed.
    """
    case, derivatives = evaluator.case, directional_derivatives_of_case(evaluator, care=care)
    weights = weight_upstream(flat(case.upstream), derivatives)
    if not derivatives or not weights.any() or not np.isfinite(flat(evaluator.outputs(case.point))).all():
        return None
    upstream = unflatten(weights, case.upstream)
    return GradientCase(evaluator, care, derivatives, upstream, evaluator.gradients(case.point, upstream))
