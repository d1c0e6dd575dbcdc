"""contract: backward returns one gradient per input, of its shape and dtype, None for indices."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from gradcheck.causes.explanation import explain_crash, explain_gradient
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import ResultName, compute_results, name_results
from gradcheck.laws.explained_findings import with_cause
from gradcheck.laws.findings import make_finding
from gradcheck.laws.law import Law
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.status import Status
from gradcheck.records.subject import Part, Subject, SubjectKind


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Call backward once and check shapes, dtypes and None."""
    try:
        evaluator.gradients(case.point, case.upstream)
    except Malformed as error:
        malformed = FindingKind.MALFORMED
        claim = str(error)
        return Observation((make_finding(op, "contract", case, claim, error.subject, hint=error.hint, kind=malformed),))
    if not all(a.dtype == np.float64 for a in case.point if a.dtype.kind == "f"):
        return Observation()
    made = zip(name_results(evaluator), compute_results(evaluator, case.point, case.upstream), strict=True)
    narrow = [(name, r.dtype) for name, r in made if r.dtype.kind == "f" and r.dtype.itemsize < 8]
    return Observation(tuple(make_narrower_dtype_finding(op, case, name, dtype) for name, dtype in narrow))


def explain_finding(op: Op, finding: Finding, seen: Observation, others: Iterable[Case]) -> Finding:
    """Return a finding about the form of a gradient with its cause, where one reproduces it in every case looked at;
    and one of an exception in backward, where an edit of a line makes all gradients right."""
    if finding.kind is FindingKind.RAISED and finding.subject == Subject.of_function(Part.BACKWARD):
        return with_cause(finding, lambda: explain_crash(op))
    if finding.kind is not FindingKind.MALFORMED or finding.subject.kind is not SubjectKind.INPUT:
        return finding
    return with_cause(finding, lambda: explain_gradient(op, finding.input, others))


def make_narrower_dtype_finding(op: Op, case: Case, name: ResultName, dtype: Any) -> Finding:
    """Return the finding for a result with fewer bits than its inputs; a warning for an output of a forward that is
    known to compute in such numbers."""
    is_known = name.subject.kind is SubjectKind.OUTPUT and op.origin.working_precision.outputs > 0
    status = Status.WARNING if is_known else Status.FAILED
    hint = "Create arrays with the dtype of the input: np.zeros(shape, x.dtype)."
    claim = f"{name.words} has dtype {dtype} though all inputs have float64"
    malformed = FindingKind.MALFORMED
    return make_finding(op, "contract", case, claim, name.subject, status=status, hint=hint, kind=malformed)


LAW = Law(
    "contract",
    "Backward returns one gradient per input, of that input's shape and a floating-point dtype, and None for an "
    "input that has none; from float64 comes float64.",
    "A gradient of another shape broadcasts silently in the parameter update; a missing one is noticed only when "
    "training stalls.",
    examine,
    explain_finding=explain_finding,
    is_structural=True,
    examines_large_cases=True,
)
