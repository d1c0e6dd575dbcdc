"""Findings made of what a law saw."""

from collections.abc import Iterable, Sequence

from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, UserError
from gradcheck.formatting import format_index
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import ResultName
from gradcheck.laws.comparison import Difference
from gradcheck.records.case import Case
from gradcheck.records.evidence import Evidence
from gradcheck.records.results import Finding
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
) -> Finding:
    """A finding in this case, at the backward's file and line unless told otherwise.  index: of the worst element."""
    file, line = location if location[0] else op.location
    where = format_index(index).strip()
    return Finding(
        op.name,
        law,
        subject,
        status,
        claim,
        tuple(evidence),
        where,
        case,
        hint=hint,
        follows=follows,
        file=file,
        line=line,
    )


def make_crash_finding(op: Op, law: str, case: Case, claim: str, error: UserError, hint: str = "") -> Finding:
    """The finding that an exception of the code under test is, at the line where it was raised."""
    subject, location = Subject.of_function(error.part), (error.file, error.line)
    return make_finding(op, law, case, claim, subject, status=Status.CRASHED, hint=hint, location=location)


def observe_differences(
    law: str, evaluator: Evaluator, words: str, trials: Iterable[tuple[ResultName, Difference]], hint: str
) -> Observation:
    """An observation from results that were compared: one finding per input or output, the first that does not hold."""
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
            )
    return Observation(tuple(findings.values()), tightest)


def merge_observations(observations: Iterable[Observation]) -> Observation:
    """Several observations of one law in one case as one: of findings with the same identity, the first; abstained
    where all of them were."""
    seen = list(observations)
    findings = {f.identity: f for o in reversed(seen) for f in reversed(o.findings)}
    abstained = seen[0].abstained if all(o.abstained for o in seen) else ""
    return Observation(tuple(findings.values()), max((o.tightest for o in seen), default=0.0), abstained=abstained)
