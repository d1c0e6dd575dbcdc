"""Findings and observations, made from what a law compared."""

from collections.abc import Iterable, Sequence

from gradcheck.declaration.op import Op
from gradcheck.escaping import cut_text
from gradcheck.evaluation.evaluator import Evaluator, UserError
from gradcheck.formatting import format_index
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import ResultName
from gradcheck.laws.comparison import Difference
from gradcheck.records.case import Case
from gradcheck.records.demonstration import PLAIN_CALL, Demonstration
from gradcheck.records.evidence import Evidence
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.status import Status
from gradcheck.records.subject import WHOLE_OP, Subject

Location = tuple[str, int]
"""File and line; "" and 0 where there is no source."""


def make_finding(
    op: Op,
    law: str,
    case: Case,
    claim: str,
    subject: Subject = WHOLE_OP,
    *,
    status: Status = Status.FAILED,
    evidence: Sequence[Evidence] = (),
    index: tuple[int, ...] = (),
    hint: str = "",
    follows: str = "",
    location: Location = ("", 0),
    kind: FindingKind | None = None,
    demonstration: Demonstration = PLAIN_CALL,
) -> Finding:
    """Return a finding in this case, at the backward's file and line unless a location is given.  index: of the worst
    element.  kind: by default that of the evidence."""
    file, line = location if location[0] else op.location
    where = format_index(index).strip()
    return Finding(
        op.name,
        law,
        subject,
        status,
        cut_text(claim),
        tuple(evidence),
        where,
        case,
        hint=cut_text(hint),
        follows=follows,
        file=file,
        line=line,
        kind=FindingKind.of_evidence(evidence) if kind is None else kind,
        demonstration=demonstration,
    )


def make_crash_finding(
    op: Op,
    law: str,
    case: Case,
    claim: str,
    error: UserError,
    hint: str = "",
    demonstration: Demonstration = PLAIN_CALL,
    status: Status = Status.CRASHED,
) -> Finding:
    """Return the finding for an exception of the code under test, at the line where it was raised."""
    subject, location = Subject.of_function(error.part), (error.file, error.line)
    return make_finding(
        op,
        law,
        case,
        claim,
        subject,
        status=status,
        hint=hint,
        location=location,
        kind=FindingKind.RAISED,
        demonstration=demonstration,
    )


def observe_differences(
    law: str,
    evaluator: Evaluator,
    words: str,
    trials: Iterable[tuple[ResultName, Difference]],
    hint: str,
    demonstration: Demonstration = PLAIN_CALL,
) -> Observation:
    """Return the observation of some comparisons: one finding per input or output, for its first difference beyond what
    is allowed."""
    findings: dict[Subject, Finding] = {}
    tightest = 0.0
    for name, difference in trials:
        tightest = max(tightest, difference.ratio)
        if not difference.holds and name.subject not in findings:
            claim = f"{words}, {name.words} is {difference.words}"
            findings[name.subject] = make_finding(
                evaluator.op,
                law,
                evaluator.case,
                claim,
                name.subject,
                evidence=(difference.evidence,),
                index=difference.where,
                hint=hint,
                demonstration=demonstration,
            )
    return Observation(tuple(findings.values()), tightest)


def merge_observations(observations: Iterable[Observation]) -> Observation:
    """Merge several observations of one law in one case into one: of findings with the same identity the first;
    abstained where all of them are."""
    merged = list(observations)
    findings = {f.identity: f for o in reversed(merged) for f in reversed(o.findings)}
    abstained = merged[0].abstained if all(o.abstained for o in merged) else ""
    return Observation(tuple(findings.values()), max((o.tightest for o in merged), default=0.0), abstained=abstained)
