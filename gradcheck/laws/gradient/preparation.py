"""Step 1 of the law gradient: the derivatives of a case, the upstream common to all witnesses, the claimed gradients.

Nothing is judged here.  The upstream is chosen after the derivatives: it is zero where an output has none, or is not
finite.  A gradient may then be the product of zero and infinity, which says nothing: such elements are left out, unless
the reference knows them to be finite.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from operator import mul

import numpy as np

from gradcheck.arrays import Gradients, Point, Values, flat, unflatten
from gradcheck.declaration.domain import allow_any_direction
from gradcheck.evaluation.evaluator import Evaluator, UserError
from gradcheck.laws.reference_jumps import find_reference_jumps
from gradcheck.oracles import autodiff
from gradcheck.oracles.directional import Care, CaseForward, Moving, directional_derivatives_of_case
from gradcheck.oracles.error_factors import EPS, REORDERING_FACTOR, REPEATS, UNDERFLOW
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative
from gradcheck.oracles.finite_differences.upstream_weights import weigh_outputs
from gradcheck.oracles.monte_carlo import measure_largest
from gradcheck.oracles.working_rounding import measure_gradient_rounding
from gradcheck.records.evidence import Estimate
from gradcheck.records.subject import SubjectKind


@dataclass(frozen=True)
class Projection:
    """The comparison along one direction: the claimed slope, the expected slope, its error, and the sum of the absolute
    terms of the claimed one."""

    claimed: float
    expected: float
    error: float
    size: float

    @property
    def whole(self) -> float:
        """The size of what is compared."""
        return max(self.size, abs(self.expected))


@dataclass(frozen=True)
class GradientCase:
    """One prepared case: derivatives along directions of all inputs, the common upstream, the claimed gradients.

    care: the level of care with which the derivatives were taken, and with which those of single inputs will be.
    left_out: where the gradient of each input cannot be judged; empty where it can be everywhere.
    """

    evaluator: Evaluator
    care: Care
    derivatives: list[DirectionalDerivative]
    upstream: Point
    gradients: Gradients
    left_out: Point = ()

    @property
    def point(self) -> Point:
        """The values of all inputs."""
        return self.evaluator.case.point

    @property
    def differentiable(self) -> list[int]:
        """The indices of the inputs that have a gradient."""
        return [i for i, gradient in enumerate(self.gradients) if gradient is not None]

    @property
    def asked(self) -> list[int]:
        """The indices of those of them that are asked for."""
        asked, labels = self.evaluator.asked, self.evaluator.labels
        return [i for i in self.differentiable if asked.kind is not SubjectKind.INPUT or labels[i] == asked.name]

    @cached_property
    def upstream_size(self) -> float:
        """The sum of the absolute values of the upstream."""
        return float(np.sum(np.abs(flat(self.upstream))))

    @cached_property
    def output_size(self) -> float:
        """The sum of the absolute terms of the product of the upstream and the outputs."""
        return float(np.sum(self.used_terms))

    @cached_property
    def largest_term(self) -> float:
        """The largest absolute term of the product of the upstream and the outputs."""
        return float(np.max(self.used_terms, initial=0.0))

    @cached_property
    def least_term(self) -> float:
        """The smallest absolute term of the product of the upstream and the outputs; 0 where one is not finite."""
        least = float(np.min(self.used_terms, initial=np.inf))
        return least if np.isfinite(least) else 0.0

    @property
    def used_terms(self) -> Values:
        """The absolute terms of the product of the upstream and the outputs, where the upstream is not zero."""
        u, y = flat(self.upstream), flat(self.evaluator.outputs(self.point))
        return np.asarray(np.abs(u[u != 0] * y[u != 0]))

    def derivatives_along(self, i: Moving, care: Care) -> list[DirectionalDerivative]:
        """Return the derivatives when all inputs move, or some alone, without the elements that are left out."""
        return directional_derivatives_of_case(self.evaluator, i, care, self.left_out)

    @cached_property
    def output_weights(self) -> Values:
        """The weight in the upstream of each output, or of each sum of many, as derivatives have them."""
        return CaseForward(self.evaluator).weigh(self.upstream)

    @cached_property
    def products_of_others(self) -> list[float]:
        """For each input, the product of the largest elements of all others, each at least one."""
        sizes = [max(1.0, measure_largest(a)) for a in self.point]
        before, after = accumulate(sizes, mul, initial=1.0), [*accumulate(reversed(sizes), mul, initial=1.0)]
        return [b * a for b, a in zip(before, reversed(after[:-1]), strict=False)]

    @cached_property
    def error_bars(self) -> list[float]:
        """The error of the finite differences along each direction, projected on the upstream."""
        return [self.project(d, d.estimate).error for d in self.derivatives]

    def claimed(self, i: int) -> Values:
        """Return the claimed gradient of an input that has one."""
        gradient = self.gradients[i]
        assert gradient is not None
        return gradient

    def rounding_of_gradients(self, repeats: int = REPEATS) -> tuple[Values | None, ...]:
        """Measure the rounding error of each hand-written gradient, once for each number of repeats."""

        def measure() -> tuple[Values | None, ...]:
            rng = self.evaluator.case.rng("backward")
            bars = iter(measure_gradient_rounding(self.evaluator, self.point, self.upstream, rng, repeats))
            return tuple(None if g is None else next(bars) for g in self.gradients)

        key = (b"own rounding", repeats, self.evaluator.key(self.upstream))
        measured: tuple[Values | None, ...] = self.evaluator.compute_once(key, measure)
        return measured

    def rounding_of(self, i: int, repeats: int = REPEATS) -> Values:
        """Return the rounding error of the gradient of input i, which must have one."""
        bar = self.rounding_of_gradients(repeats)[i]
        assert bar is not None
        return bar

    def reference_answer(self) -> autodiff.ReferenceResult:
        """Return the reference's outputs and gradients.  Raises UserError and ReferenceMismatch."""
        return autodiff.evaluate_reference(self.evaluator, self.point, self.upstream)

    def reference_jumps(self, i: int) -> bool:
        """Whether there is a reference that can be evaluated, and its gradient of input i jumps next to the point."""
        if self.evaluator.op.reference is None:
            return False
        try:
            return bool(find_reference_jumps(self.evaluator, self.upstream)[i].any())
        except (*autodiff.UNAVAILABLE, UserError):
            return False

    def reference_gradients(self, repeats: int) -> list[Estimate | None]:
        """Return the reference's gradients, their rounding measured with this number of repeats."""
        return autodiff.estimate_reference(self.evaluator, self.point, self.upstream, repeats)[1]

    def project(self, derivative: DirectionalDerivative, estimate: Estimate) -> Projection:
        """Compare the product of the upstream and a derivative with the product of the gradients and its direction."""
        u = self.output_weights
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
        reordered = 2 * REORDERING_FACTOR * EPS * size if np.isfinite(size) else 0.0
        return Projection(claimed, expected, error + reordered + UNDERFLOW * max(length, 1.0), size)


def prepare_case(evaluator: Evaluator, care: Care) -> GradientCase | None:
    """Take the derivatives, choose the upstream by them, run backward for it; None where no output has a derivative.

    Raises UserError and Malformed.
    """
    case, outputs = evaluator.case, flat(evaluator.outputs(evaluator.case.point))
    finite = np.isfinite(outputs)
    derivatives = directional_derivatives_of_case(evaluator, care=care) if finite.any() else []
    forward = CaseForward(evaluator)
    evenly = evaluator.op.reference is not None and (care is Care.QUICK or forward.sums is not None)
    weights = weigh_outputs(forward.count, derivatives, evenly)
    if finite.all() and (weights == 1).all():
        upstream = case.upstream
    else:
        upstream = unflatten(np.where(finite, forward.scale(case.upstream, weights), 0.0), case.upstream)
    if not derivatives or not any(u.any() for u in upstream):
        return None
    prepared = GradientCase(evaluator, care, derivatives, upstream, evaluator.gradients(case.point, upstream))
    return leave_out_unknown(prepared, bool(np.isnan(outputs).any()))


def leave_out_unknown(case: GradientCase, undefined: bool) -> GradientCase:
    """Return the case without the elements of gradients that cannot be judged.  undefined: whether an output is NaN."""
    if all(g is None or np.isfinite(g).all() for g in case.gradients):
        return case
    left_out = tuple(
        np.zeros(x.shape, bool) if g is None else ~np.isfinite(g) & unknown
        for x, g, unknown in zip(case.point, case.gradients, find_unknown_elements(case, undefined), strict=True)
    )
    left_out = tuple(
        part if domain.tangent is allow_any_direction else np.full(part.shape, part.any())
        for part, domain in zip(left_out, case.evaluator.input_declarations.domains, strict=True)
    )
    if not any(part.any() for part in left_out):
        return case
    gradients = clear_elements(case.gradients, left_out)
    derivatives = directional_derivatives_of_case(case.evaluator, None, case.care, left_out)
    return replace(case, derivatives=derivatives, gradients=gradients, left_out=left_out)


def clear_elements(gradients: Gradients, left_out: Point) -> Gradients:
    """Return the gradients, zero where elements are left out."""
    if not left_out:
        return gradients
    return tuple(None if g is None else np.where(out, 0.0, g) for g, out in zip(gradients, left_out, strict=True))


def find_unknown_elements(case: GradientCase, undefined: bool) -> Point:
    """Return where a gradient that is not finite says nothing.  Where an output is NaN, anywhere; else where the
    reference's is not finite either, or jumps; or, where there is none, beside an output that is infinite or has no
    derivative."""
    unknown = tuple(np.ones(x.shape, bool) for x in case.point)
    if undefined:
        return unknown
    try:
        if case.evaluator.op.reference is not None:
            jumps = find_reference_jumps(case.evaluator, case.evaluator.case.upstream)
            rows = zip(unknown, case.reference_answer().gradients, jumps, strict=True)
            return tuple(everywhere if g is None else ~np.isfinite(g) | jump for everywhere, g, jump in rows)
    except (*autodiff.UNAVAILABLE, UserError):
        pass
    infinite = not np.isfinite(flat(case.evaluator.outputs(case.point))).all()
    nowhere_smooth = infinite or any(d.kinked.any() or d.touching for d in case.derivatives)
    return tuple(everywhere & nowhere_smooth for everywhere in unknown)
