"""extremes: finite where the true value and gradient are finite."""

from collections.abc import Iterable

import numpy as np

from gradcheck.arrays import Point, Values, convert_floats, is_identical
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import COPIED, Evaluator, Malformed, UserError
from gradcheck.formatting import format_index
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import ResultName, compute_results, name_results
from gradcheck.laws.exceptions import make_exception_finding
from gradcheck.laws.findings import make_finding, merge_observations
from gradcheck.laws.float_warnings import describe_float_warnings, with_float_cause
from gradcheck.laws.law import Law
from gradcheck.laws.ordinary_range import advise_bounds, is_beyond_range, scale_down
from gradcheck.laws.reference_jumps import find_reference_jumps
from gradcheck.oracles import autodiff
from gradcheck.oracles.directional import directional_derivatives_of_case
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.status import Status
from gradcheck.records.subject import Part

EXTREME_SCALES = (1.0, 2.0**8, 2.0**13)
"""Factors of the inputs: e^x overflows float64 from 710 on, and the last two lie on both sides of it."""

MOST_UPSTREAM = 4.0


def stretch_point(evaluator: Evaluator, scale: float) -> Point:
    """Return the point with differentiable inputs scaled by a factor, as far as their domain allows."""
    rows = zip(evaluator.input_declarations.domains, evaluator.case.point, evaluator.differentiable, strict=True)
    names: dict[str, int] = {}
    return tuple(domain.map(a * scale, names) if moves and a.size else a for domain, a, moves in rows)


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Examine outputs and gradients at extreme points wherever a witness knows that the true values are finite; of a
    large case the farthest first, and the others only where something is not finite there."""
    if case.is_large and is_finite_far_out(evaluator):
        return Observation()
    compute_results(evaluator, case.point, case.upstream)  # what raises here is not this law's finding
    upstream = tuple(scale_down(u, MOST_UPSTREAM) for u in case.upstream)  # beside a huge one, the truth may overflow
    points = (stretch_point(evaluator, scale) for scale in EXTREME_SCALES)
    return merge_observations(examine_extreme_point(move_evaluator(evaluator, point, upstream)) for point in points)


def move_evaluator(evaluator: Evaluator, point: Point, upstream: Point) -> Evaluator:
    """Return an evaluator of the case at another point and upstream; the one that there is where these are its own."""
    case = evaluator.case
    if all(map(is_identical, (*point, *upstream), (*case.point, *case.upstream))):
        return evaluator
    return Evaluator(evaluator.op, case.at(point, upstream))


def is_finite_far_out(evaluator: Evaluator) -> bool:
    """Whether all results are finite at the case and at the farthest extreme point."""
    case = evaluator.case
    try:
        if not all(np.isfinite(r).all() for r in compute_results(evaluator, case.point, case.upstream)):
            return False
        far = stretch_point(evaluator, EXTREME_SCALES[-1])
        outputs, cache = evaluator.call_forward_once(far)
        if not all(np.isfinite(y).all() for y in outputs):
            return False
        gradients = evaluator.validate_gradients(evaluator.pull(case.upstream, cache, COPIED), far)
        return all(np.isfinite(r).all() for r in gradients if r is not None)
    except (UserError, Malformed):
        return False


def examine_extreme_point(evaluator: Evaluator) -> Observation:
    """Examine one extreme point.  Where no domain is declared that holds it, what is found there is a warning."""
    case = evaluator.case
    try:
        got = compute_results(evaluator, case.point, case.upstream)
    except UserError as error:
        return Observation((make_exception_finding(evaluator, "extremes", error),))
    if all(np.isfinite(r).all() for r in got):
        return Observation()
    truth = find_finite_results(evaluator)
    wrong = [known & ~np.isfinite(r) for known, r in zip(truth, got, strict=True)]
    if not any(known.any() for known in truth):
        return Observation(abstained="no witness knows the value out here")
    if not any(elements.any() for elements in wrong):
        return Observation()
    beyond = is_beyond_range(evaluator, case.upstream)
    status, hint = Status.WARNING if beyond else Status.FAILED, suggest_range(evaluator)
    findings = [
        make_infinity_finding(evaluator, name, result, elements, status, hint)
        for name, result, elements in zip(name_results(evaluator), got, wrong, strict=True)
        if elements.any()
    ]
    return Observation(tuple(findings))


def make_infinity_finding(
    evaluator: Evaluator, name: ResultName, result: Values, wrong: Values, status: Status, hint: str
) -> Finding:
    """Return the finding that a result is not finite, at the first of the elements that are wrong."""
    where = tuple(map(int, np.unravel_index(int(np.argmax(wrong)), wrong.shape)))
    claim = f"{name.words} is {result[where]}{format_index(where)}, though the truth is finite"
    kind = FindingKind.NOT_FINITE
    return make_finding(
        evaluator.op, "extremes", evaluator.case, claim, name.subject, status=status, index=where, hint=hint, kind=kind
    )


def explain_finding(op: Op, finding: Finding, seen: Observation, others: Iterable[Case]) -> Finding:
    """Return a finding that something is not finite with the cause of which NumPy's warnings tell."""
    if finding.kind is not FindingKind.NOT_FINITE or finding.case is None:
        return finding
    try:
        return with_float_cause(finding, Evaluator(op, finding.case), finding.case.upstream)
    except (UserError, Malformed):
        return finding


def suggest_range(evaluator: Evaluator) -> str:
    """Return what NumPy warns of, and the bounds within which nothing goes wrong."""
    upstream = evaluator.case.upstream
    return " ".join(filter(None, (describe_float_warnings(evaluator, upstream), advise_bounds(evaluator, upstream))))


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
    if all(o.all() for o in outputs):
        moves = [m | smooth for m, smooth in zip(moves, find_smooth_elements(evaluator), strict=True)]
    return [*outputs, *moves]


def find_smooth_elements(evaluator: Evaluator) -> list[Values]:
    """Return a mask for each gradient: the elements along which the forward is smooth; none where an output has a kink
    along a direction."""
    derivatives = directional_derivatives_of_case(evaluator)
    rows = list(zip(evaluator.case.point, evaluator.differentiable, strict=True))
    smooth = [np.full(a.shape, all(not d.kinked.any() for d in derivatives)) for a, _ in rows]
    for touching in (d.touching for d in derivatives if d.touching):
        smooth = [s & ~np.asarray(t, bool) for s, t in zip(smooth, touching, strict=True)]
    return [s for s, (_, moves) in zip(smooth, rows, strict=True) if moves]


def find_finite_gradients(evaluator: Evaluator) -> list[Values]:
    """Return a mask for each gradient: where the reference's is finite and does not jump, as it does where there is no
    derivative; an empty list where the reference cannot be differentiated."""
    upstream = evaluator.case.upstream
    try:
        answer = autodiff.evaluate_reference(evaluator, evaluator.case.point, upstream)
        rows = zip(answer.gradients, find_reference_jumps(evaluator, upstream), strict=True)
        return [np.isfinite(g) & ~jumps & answer.in_range for g, jumps in rows if g is not None]
    except (UserError, *autodiff.UNAVAILABLE):
        return []


def find_finite_reference_values(evaluator: Evaluator) -> list[Values]:
    """Return a mask for each output: where the reference, evaluated in long double with its 15 bits of exponent, is
    finite and within float64's range.  Where the forward is the only formula, only where it is NaN in float64: an
    infinity may be its correct value.

    Where long double is float64 (Windows, macOS on arm64), a formula that overflows as the forward does knows nothing:
    fewer overflows are found, and no correct op is called wrong for it.
    """
    op, outputs = evaluator.op, evaluator.outputs(evaluator.case.point)
    none = [np.zeros(y.shape, bool) for y in outputs]
    wide = convert_floats(evaluator.case.point, np.longdouble)
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
    explain_finding=explain_finding,
    broken_by="gradient",
    examines_large_cases=True,
    is_lenient=True,
)
