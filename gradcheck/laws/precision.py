"""precision: float32 in, float32 out, as near to the float64 truth as float32 allows."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from gradcheck.arrays import Values, convert_floats, flat, is_identical
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import ResultName, compute_results, make_rounding_measures, name_results
from gradcheck.laws.comparison import Difference, compare_beyond_least
from gradcheck.laws.domain_suggestion import suggest_domain
from gradcheck.laws.findings import make_finding, merge_observations, observe_differences
from gradcheck.laws.law import Law
from gradcheck.laws.ordinary_range import is_beyond_range, scale_to_ordinary
from gradcheck.oracles.directional import directional_derivatives_of_case
from gradcheck.oracles.error_factors import EPS32, REORDERING_FACTOR
from gradcheck.records.case import Case
from gradcheck.records.demonstration import ArrayForm, Demonstration
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.status import Status

IN_FLOAT32 = Demonstration(form=ArrayForm.FLOAT32)


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Compare results in float32 with those in float64 at the same numbers, as far as these are finite."""
    finite = [np.isfinite(y) for y in evaluator.outputs(case.point)]
    if not any(f.any() for f in finite):
        return Observation(abstained="the output is not finite" + suggest_domain(evaluator))
    if not all(np.all(fits_float32(y[f])) for y, f in zip(evaluator.outputs(case.point), finite, strict=True)):
        return Observation(abstained="the output is beyond float32")
    if any((s.kinked & flat(finite)).any() for s in directional_derivatives_of_case(evaluator)):
        return Observation(abstained="a kink lies here, where rounding decides the side")
    used = scale_to_ordinary(tuple(np.where(f, u, 0.0) for f, u in zip(finite, case.upstream, strict=True)))
    point, upstream = convert_floats(case.point, np.float32), convert_floats(used, np.float32)
    rounded = case.at(convert_floats(point, np.float64), convert_floats(upstream, np.float64))
    underflows: list[str] = []
    with np.errstate(under="call", call=lambda kind, flag: underflows.append(kind)):
        got = compute_results(evaluator, point, upstream)
    wrong = [(n, r.dtype) for n, r in zip(name_results(evaluator), got, strict=True) if r.dtype != np.float32]
    findings = [make_float32_dtype_finding(evaluator, name, dtype) for name, dtype in wrong]
    same = all(map(is_identical, (*rounded.point, *used), (*case.point, *case.upstream)))
    truth = evaluator if same else Evaluator(op, rounded)
    wanted = compute_results(truth, truth.case.point, truth.case.upstream)
    infinite = [bool(np.any(~np.isfinite(r) & fits_float32(w))) for r, w in zip(got, wanted, strict=True)]
    if any(infinite) and is_beyond_range(truth, truth.case.upstream, np.float32):
        named = zip(name_results(truth), infinite, strict=True)
        return Observation(
            (*findings, *(make_overflow_warning(evaluator, name) for name, is_wrong in named if is_wrong))
        )
    hint = "Constants and reductions in float32 lose digits; keep sums short or centre before squaring."
    differences = compare_float32_results(truth, got)
    seen = observe_differences("precision", truth, "in float32", differences, hint, IN_FLOAT32)
    if underflows and any(f.kind is FindingKind.DISAGREES for f in seen.findings):
        seen = Observation(abstained="a number falls below the least of float32 on the way")
    return merge_observations([Observation(tuple(findings)), seen])


def make_overflow_warning(evaluator: Evaluator, name: ResultName) -> Finding:
    """Return the warning of a float32 result that is not finite at large values."""
    return make_finding(
        evaluator.op,
        "precision",
        evaluator.case,
        f"in float32, {name.words} is not finite, though the truth is",
        name.subject,
        status=Status.WARNING,
        hint="If such values are not meant, declare bounds.",
        kind=FindingKind.NOT_FINITE,
        demonstration=IN_FLOAT32,
    )


def make_float32_dtype_finding(evaluator: Evaluator, name: ResultName, dtype: Any) -> Finding:
    """Return the finding for a result whose dtype is not float32."""
    claim = f"for float32 inputs {name.words} has dtype {dtype}, expected float32"
    hint = "Create arrays with the dtype of the input: np.zeros(shape, x.dtype)."
    return make_finding(
        evaluator.op,
        "precision",
        evaluator.case,
        claim,
        name.subject,
        hint=hint,
        kind=FindingKind.MALFORMED,
        demonstration=IN_FLOAT32,
    )


def compare_float32_results(truth: Evaluator, got: Sequence[Values]) -> Iterator[tuple[ResultName, Difference]]:
    """Yield the difference between each float32 result and that in float64, within the rounding measured by Monte Carlo
    arithmetic and scaled to float32."""
    case, spread = truth.case, make_rounding_measures(truth, EPS32)
    for i, (name, single, wanted) in enumerate(
        zip(name_results(truth), got, compute_results(truth, case.point, case.upstream), strict=True)
    ):
        in_range = fits_float32(wanted)
        largest = float(np.max(np.abs(wanted), initial=0.0, where=in_range))
        floor = REORDERING_FACTOR * EPS32 * largest + float(np.finfo(np.float32).tiny)
        allow = partial(allow_float32_rounding, floor, spread(i))
        yield (
            name,
            compare_beyond_least(np.asarray(single, np.float64), np.where(in_range, wanted, np.inf), floor, allow),
        )


def fits_float32(a: Values) -> Values:
    """Return which elements float32 can represent, with some room above them."""
    return np.asarray(np.abs(a) < float(np.finfo(np.float32).max) / 4)


def allow_float32_rounding(floor: float, spread: Callable[[int], Values], repeats: int) -> Values:
    """Return what rounding in float32 allows: twice the measured rounding, one side's each, and the least of all."""
    return 2 * spread(repeats) + floor


LAW = Law(
    "precision",
    "Float32 inputs give float32 outputs and gradients, as near to the float64 ones as the op's own rounding allows.",
    "A silent float64 doubles memory and time of all that follows; a constant below float32's spacing vanishes.",
    examine,
    lambda op: "" if "float32" in op.dtypes else "float32 is not among the declared dtypes",
    broken_by="gradient",
)
