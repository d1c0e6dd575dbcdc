"""value: forward agrees with the reference, and with golden vectors."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.causes.explanation import explain_value
from gradcheck.declaration.op import Op, locate_definition
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.comparison import (
    NO_DIFFERENCE,
    Difference,
    choose_comfortable_share,
    compare_with_few_repeats_first,
    find_largest_difference,
)
from gradcheck.laws.explained_findings import with_cause
from gradcheck.laws.findings import make_finding
from gradcheck.laws.law import Law
from gradcheck.laws.ordinary_range import BEYOND_RANGE, is_beyond_range
from gradcheck.oracles import autodiff
from gradcheck.oracles.error_factors import COMFORTABLE_SHARE, EPS, FEW_REPEATS, UNDERFLOW
from gradcheck.oracles.jaxpr.trace import ReferenceTooLong
from gradcheck.oracles.working_rounding import measure_output_rounding
from gradcheck.records.case import Case
from gradcheck.records.evidence import Estimate, Evidence, Witness
from gradcheck.records.exact_numbers import ExactArray
from gradcheck.records.golden_vectors import GoldenVector
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.status import Status
from gradcheck.records.subject import Subject, SubjectKind


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Compare every output with the reference's; where they differ, with the reference traced for these exact
    shapes."""
    if evaluator.vector:
        return examine_vector(op, case, evaluator, evaluator.vector)
    if missing := explain_missing_reference(op):
        return Observation(abstained=missing)
    differs = differs_from_reference(evaluator, case.upstream)
    careful = evaluator.with_concrete_shapes() if differs else evaluator
    comparisons = compare_with_reference(careful, case.upstream)
    infinite = any(isinstance(d, Difference) and not d.holds and not np.isfinite(d.got) for _, d in comparisons)
    if infinite and is_beyond_range(careful, case.upstream):
        return Observation(abstained=BEYOND_RANGE)
    findings = tuple(make_value_finding(op, case, *row) for row in comparisons if is_wrong(row[1]))
    tightest = max((d.ratio for _, d in comparisons if isinstance(d, Difference)), default=0.0)
    judged = any(difference is not None for _, difference in comparisons)
    return Observation(findings, tightest, abstained="" if judged else "the reference is not finite here")


def examine_vector(op: Op, case: Case, evaluator: Evaluator, vector: GoldenVector) -> Observation:
    """Compare every output with its golden vector; say where the reference comes to another verdict."""
    if other := find_other_shape(evaluator, vector):
        finding = make_value_finding(op, case, *other)
        return Observation((explain_by_vector(evaluator, vector, finding),))
    rows = compare_with_vector(evaluator, vector)
    wrong = {name for name, difference in rows if not difference.holds}
    opposed = compare_with_reference(evaluator, case.upstream) if not explain_missing_reference(op) else []
    settled = [
        f"the reference {'agrees with' if name in wrong else 'contradicts'} output {name}, alone: "
        f"{vector} {'contradicts' if name in wrong else 'agrees with'} it"
        for name, difference in opposed
        if difference is not None and is_wrong(difference) is not (name in wrong)
    ]
    findings = [make_value_finding(op, case, *row, Witness.VECTORS) for row in rows if not row[1].holds]
    explained = tuple(explain_by_vector(evaluator, vector, finding) for finding in findings)
    tightest = max((difference.ratio for _, difference in rows), default=0.0)
    return Observation(explained, tightest, disagreements=tuple(settled))


def find_other_shape(evaluator: Evaluator, vector: GoldenVector) -> tuple[str, str] | None:
    """Return the first output that has another shape than in its golden vector, by name, with both in words.  Raises
    UserError and Malformed."""

    def find() -> tuple[str, str] | None:
        case = evaluator.case
        outputs = Evaluator(evaluator.op, case.at(case.point, ())).outputs(case.point)
        rows = zip(evaluator.op.outputs, outputs, vector.outputs, strict=True)
        return next(((n, f"has shape {y.shape}, expected {e.shape}") for n, y, e in rows if y.shape != e.shape), None)

    found: tuple[str, str] | None = evaluator.compute_once((b"shape by vector",), find)
    return found


def compare_with_vector(evaluator: Evaluator, vector: GoldenVector) -> list[tuple[str, Difference]]:
    """Return each output's name with its difference from the golden vector."""

    def compare() -> list[tuple[str, Difference]]:
        rows = zip(evaluator.op.outputs, evaluator.outputs(evaluator.case.point), vector.outputs, strict=True)
        return [(name, compare_output_with_vector(evaluator, i, y, e)) for i, (name, y, e) in enumerate(rows)]

    rows: list[tuple[str, Difference]] = evaluator.compute_once((b"value by vector",), compare)
    return rows


def compare_output_with_vector(evaluator: Evaluator, i: int, got: Values, exact: ExactArray) -> Difference:
    """Compare one output with exact numbers; the forward's own rounding is measured where the last digits differ."""
    wanted = exact.rounded
    last_digit = EPS * np.abs(wanted) + UNDERFLOW

    def allow(repeats: int) -> Values:
        rng = evaluator.case.rng("value")
        return last_digit + measure_output_rounding(evaluator, evaluator.case.point, rng, repeats)[i]

    difference = find_largest_difference(got, wanted, last_digit)
    if difference.ratio <= COMFORTABLE_SHARE or not np.isfinite(difference.got):
        return difference
    return compare_with_few_repeats_first(lambda repeats: find_largest_difference(got, wanted, allow(repeats)))


def differs_from_vector(evaluator: Evaluator, vector: GoldenVector) -> bool:
    """Whether the forward's values differ from the golden vector's."""
    return not all(difference.holds for _, difference in compare_with_vector(evaluator, vector))


def explain_by_vector(evaluator: Evaluator, vector: GoldenVector, finding: Finding) -> Finding:
    """Return a finding with what the vector probes; a warning where a number is not finite only because inputs are
    beyond the ordinary."""
    infinite = finding.kind is FindingKind.NOT_FINITE and is_beyond_range(evaluator, evaluator.case.upstream)
    hint = finding.hint or f"{vector}. {vector.reasons}"
    return replace(finding, hint=hint, status=Status.WARNING if infinite else finding.status)


def is_wrong(difference: Difference | str | None) -> bool:
    """Whether an output differs from the reference's in shape or in value."""
    return isinstance(difference, str) or (difference is not None and not difference.holds)


def make_value_finding(
    op: Op, case: Case, name: str, difference: Difference | str | None, witness: Witness = Witness.REFERENCE
) -> Finding:
    """Return the finding that an output is wrong, at the forward's file and line."""
    subject, location = Subject.of_output(name), locate_definition(op.forward)
    if not isinstance(difference, Difference):
        claim = f"output {name} {difference}"
        return make_finding(op, "value", case, claim, subject, location=location, kind=FindingKind.MALFORMED)
    d, claim = difference, f"output {name} is {difference.words}"
    evidence = Evidence(witness, d.got, d.wanted, d.allowed, False)
    return make_finding(op, "value", case, claim, subject, evidence=(evidence,), index=d.where, location=location)


def explain_finding(op: Op, finding: Finding, seen: Observation, others: Iterable[Case]) -> Finding:
    """Return the finding with the cause of a wrong output, where one reproduces it in every case looked at."""
    told = finding.subject.kind is SubjectKind.OUTPUT and finding.kind is not FindingKind.NOT_FINITE
    if not told or op.reference is None or finding.status is not Status.FAILED:
        return finding
    return with_cause(finding, lambda: explain_value(op, finding.subject.name, others))


def compare_with_reference(evaluator: Evaluator, upstream: Point) -> list[tuple[str, Difference | str | None]]:
    """Return each output's name with its difference from the reference: text where the shape differs, None where the
    reference is not finite, or too long.  upstream: the reference's gradients are computed with it as well; any
    upstream serves, and one that was used before costs nothing."""

    def compare() -> list[tuple[str, Difference | str | None]]:
        names, got = evaluator.op.outputs, evaluator.outputs(evaluator.case.point)
        try:
            if equals_reference(evaluator, upstream):
                return [(name, NO_DIFFERENCE) for name in names]
            wanted, _ = autodiff.estimate_reference(evaluator, evaluator.case.point, upstream)
        except autodiff.ReferenceMismatch as mismatch:
            return [(names[0], f"has another shape: {mismatch}")]
        except ReferenceTooLong:
            return [(name, None) for name in names]
        return [
            (name, compare_output(evaluator, upstream, i, y, estimate))
            for i, (name, y, estimate) in enumerate(zip(names, got, wanted, strict=True))
        ]

    comparisons: list[tuple[str, Difference | str | None]] = evaluator.compute_once(
        (b"value", evaluator.concrete_shapes), compare
    )
    return comparisons


def equals_reference(evaluator: Evaluator, upstream: Point) -> bool:
    """Whether the outputs of a large case are those of the reference to the last digit, so that there is no need of
    error bars.  Raises UserError, ReferenceMismatch and ReferenceTooLong."""
    if not evaluator.case.is_large:
        return False
    outputs = evaluator.outputs(evaluator.case.point)
    exact = autodiff.evaluate_reference(evaluator, evaluator.case.point, upstream)
    pairs = zip(outputs, exact.outputs, strict=True)
    return exact.in_range and all(np.array_equal(y, wanted) and np.isfinite(y).all() for y, wanted in pairs)


def compare_output(evaluator: Evaluator, upstream: Point, i: int, got: Values, wanted: Estimate) -> Difference | None:
    """Compare one output with the reference; the reference's rounding, then the forward's own, is measured only where
    the known error does not suffice."""
    if got.size and not np.isfinite(wanted.error).any():
        return None
    difference = find_largest_difference(got, wanted.value, wanted.error)
    comfortable = choose_comfortable_share(evaluator.case)
    if difference.ratio <= comfortable or not np.isfinite(difference.got):
        return difference
    point = evaluator.case.point

    def reference_error(repeats: int) -> Values:
        return autodiff.estimate_reference(evaluator, point, upstream, repeats)[0][i].error

    def compare(repeats: int) -> Difference:
        forward_error = measure_output_rounding(evaluator, point, evaluator.case.rng("value"), repeats)[i]
        return find_largest_difference(got, wanted.value, reference_error(repeats) + forward_error)

    difference = find_largest_difference(got, wanted.value, reference_error(FEW_REPEATS))
    return difference if difference.ratio <= comfortable else compare_with_few_repeats_first(compare)


def differs_from_reference(evaluator: Evaluator, upstream: Point) -> bool:
    """Whether the forward's values differ from the reference's in this case."""
    return any(
        isinstance(d, str) or (d is not None and not d.holds) for _, d in compare_with_reference(evaluator, upstream)
    )


def explain_missing_reference(op: Op) -> str:
    """Return why there is no reference to compare with; "" where there is one."""
    if op.reference is None:
        return "no reference was given"
    return "the reference is the forward itself" if op.origin.reference_is_forward else ""


def explain_inapplicability(op: Op) -> str:
    """Return why there is nothing to compare with; "" where there is a reference, or golden vectors."""
    return "" if op.same_as else explain_missing_reference(op)


LAW = Law(
    "value",
    "Forward agrees with the reference formula, and with the golden vectors of the op that it says it computes.",
    "A backward can be the exact gradient of the wrong function; differences of the forward cannot tell.",
    examine,
    explain_inapplicability,
    explain_finding=explain_finding,
    explain_unexamined=explain_missing_reference,
    examines_large_cases=True,
    hears_vectors=True,
)
