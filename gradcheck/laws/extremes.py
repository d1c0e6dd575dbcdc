"""extremes: finite where the true value and gradient are finite."""

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, UserError
from gradcheck.formatting import format_index
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import compute_results, name_results
from gradcheck.laws.findings import make_finding, merge_observations
from gradcheck.laws.law import Law
from gradcheck.oracles import autodiff
from gradcheck.oracles.directional import directional_derivatives_of_case
from gradcheck.records.case import Case
from gradcheck.records.results import FindingKind
from gradcheck.records.subject import Part

EXTREME_SCALES = (2.0**8, 2.0**13)  # e^x overflows float64 from 710 on: these lie on both sides


def stretch_point(evaluator: Evaluator, scale: float) -> Point:
    """Return the point with differentiable inputs scaled by a factor, as far as their domain allows."""
    rows = zip(evaluator.input_declarations.domains, evaluator.case.point, evaluator.differentiable, strict=True)
    names: dict[str, int] = {}
    return tuple(domain.map(a * scale, names) if moves and a.size else a for domain, a, moves in rows)


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Examine outputs and gradients at extreme points wherever a witness knows that the true values are finite."""
    return merge_observations(
        examine_extreme_point(op, Evaluator(op, case.at(stretch_point(evaluator, scale)))) for scale in EXTREME_SCALES
    )


def examine_extreme_point(op: Op, evaluator: Evaluator) -> Observation:
    """Examine one extreme point."""
    case = evaluator.case
    got = compute_results(evaluator, case.point, case.upstream)
    if all(np.isfinite(r).all() for r in got):
        return Observation()
    truth = find_finite_results(evaluator)
    if not any(known.any() for known in truth):
        return Observation(abstained="no witness knows the value out here")
    findings = []
    for name, result, known in zip(name_results(evaluator), got, truth, strict=True):
        wrong = known & ~np.isfinite(result)
        if wrong.any():
            where = tuple(map(int, np.unravel_index(int(np.argmax(wrong)), wrong.shape)))
            claim = f"{name.words} is {result[where]}{format_index(where)}, though the truth is finite"
            hint = "Rearrange so that every exponential is taken of a negative number, and no product meets infinity."
            infinite = FindingKind.NOT_FINITE
            findings.append(
                make_finding(op, "extremes", case, claim, name.subject, index=where, hint=hint, kind=infinite)
            )
    return Observation(tuple(findings))


def find_finite_results(evaluator: Evaluator) -> list[Values]:
    """Return a mask for each result: where it is known to be finite, by the reference in extended precision or its
    autodiff, else by differences of the forward.  Nothing is known of gradients beside an output that is NaN, unless
    its true value is known to be finite."""
    point = evaluator.case.point
    outputs = [np.isfinite(y) for y in evaluator.outputs(point)]
    moves = [np.zeros(a.shape, bool) for a, moves in zip(point, evaluator.differentiable, strict=True) if moves]
    outputs = [o | e for o, e in zip(outputs, find_finite_reference_values(evaluator), strict=True)]
    if any((np.isnan(y) & ~o).any() for y, o in zip(evaluator.outputs(point), outputs, strict=True)):
        return [*outputs, *moves]
    if evaluator.op.reference is not None:
        moves = find_finite_gradients(evaluator) or moves
    if all(o.all() for o in outputs) and all(not s.kinked.any() for s in directional_derivatives_of_case(evaluator)):
        moves = [np.ones(m.shape, bool) for m in moves]
    return [*outputs, *moves]


def find_finite_gradients(evaluator: Evaluator) -> list[Values]:
    """Return a mask for each gradient: where the reference's is finite; an empty list where the reference cannot be
    differentiated."""
    try:
        answer = autodiff.evaluate_reference(evaluator, evaluator.case.point, evaluator.case.upstream)
    except (UserError, autodiff.ReferenceMismatch):
        return []
    return [np.isfinite(g) & answer.in_range for g in answer.gradients if g is not None]


def find_finite_reference_values(evaluator: Evaluator) -> list[Values]:
    """Return a mask for each output: where the reference, evaluated in long double with its 15 bits of exponent, is
    finite and within float64's range.  Where the forward is the only formula, only where it is NaN in float64: an
    infinity may be its correct value.

    Where long double is float64 (Windows, macOS on arm64), a formula that overflows as the forward does knows nothing:
    fewer overflows are found, and no correct op is called wrong for it.
    """
    op, outputs = evaluator.op, evaluator.outputs(evaluator.case.point)
    none = [np.zeros(y.shape, bool) for y in outputs]
    wide = [a.astype(np.longdouble) if a.dtype.kind == "f" else a for a in evaluator.case.point]
    own = op.reference is None or op.origin.reference_is_forward
    try:
        part, formula = (Part.FORWARD, op.forward) if own else (Part.REFERENCE, op.reference)
        y = evaluator.call(part, formula, *wide, **evaluator.case.settings)  # type: ignore[arg-type]
        y = y[0] if own else y
        values = [np.asarray(v) for v in (y if isinstance(y, tuple) else (y,))]
        finite = [np.abs(v) < np.finfo(np.float64).max for v in values]
    except Exception:  # a formula in JAX alone cannot take long doubles
        return none
    known = [f if f.shape == n.shape else n for f, n in zip(finite, none, strict=True)]
    return [k & np.isnan(o) for k, o in zip(known, outputs, strict=True)] if own else known


LAW = Law(
    "extremes",
    "Outputs and gradients are finite wherever the true ones are, far out in the domain.",
    "One overflow turns into NaN, and one NaN in a batch destroys every parameter it touches.",
    examine,
)
