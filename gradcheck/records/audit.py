"""What an audit of submissions found: a row for each submission, and in it one for each function that was asked for."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from gradcheck.records.codec import encode_record, select_fields
from gradcheck.records.results import Finding, FindingKind, OpResult, RunError
from gradcheck.records.subject import SubjectKind

AUDIT_SCHEMA = "gradcheck-audit/1"
"""The version of the JSON schema of audits."""
TRIED = re.compile(r" \(so in all \d+ cases tried\)$")
"""What stands behind the words of a cause."""
KIND_WORDS = {
    FindingKind.DISAGREES: "is not as expected",
    FindingKind.MALFORMED: "has another form than expected",
    FindingKind.NOT_FINITE: "is not finite where it should be, or the reverse",
    FindingKind.RAISED: "ends in an exception",
}
"""What is wrong, without the numbers of a case."""
CONTRACT_NOUNS = {SubjectKind.INPUT: "gradient of", SubjectKind.OUTPUT: "output"}
"""What the contract is of, which is about form and no kind of number."""


class FunctionState(StrEnum):
    """What became of a function, ordered as a summary counts them.

    RIGHT: all laws hold.  WARNED: those that count hold.  WRONG: one does not.  CRASHED: it ended its process, also
    by exit.  ENDLESS: it did not return in time.  UNJUDGED: no law could say.  UNFINISHED: it is as it was handed out,
    or says so.  SKIPPED: what it needs is unfinished or missing.  NOT_FOUND: there is no such function.  UNLOADABLE:
    its file could not be run.
    """

    RIGHT = "right"
    WARNED = "right, with warnings"
    WRONG = "wrong"
    CRASHED = "crashed"
    ENDLESS = "endless"
    UNJUDGED = "not judged"
    UNFINISHED = "unfinished"
    SKIPPED = "skipped"
    NOT_FOUND = "not found"
    UNLOADABLE = "cannot be loaded"

    @property
    def is_right(self) -> bool:
        """Whether it gets all points."""
        return self in (FunctionState.RIGHT, FunctionState.WARNED)

    @property
    def is_judged(self) -> bool:
        """Whether its code was run and found right or wrong."""
        return self in (
            FunctionState.RIGHT,
            FunctionState.WARNED,
            FunctionState.WRONG,
            FunctionState.CRASHED,
            FunctionState.ENDLESS,
        )


@dataclass(frozen=True)
class Mark:
    """The points for one law of a function.  status: as of a `Verdict`; "" where it was not examined."""

    law: str
    points: float
    out_of: float
    status: str = ""


@dataclass(frozen=True)
class FunctionResult:
    """What became of one function that an assignment asks for.

    name: its row in the assignment.  reason: in words, why the state is what it is; "" where the findings say it.
    variant: the accepted convention that it follows, "" for the usual one.  marks: the points by law.  result: that of
    the check, where there was one.  file, line: where the function stands in the submission.  answers: a digest of what
    a wrong function returned on the cases of the class, "" for others: equal digests are answers that are the same in
    every digit.  output: what it printed, cut.
    """

    name: str
    state: FunctionState
    reason: str = ""
    variant: str = ""
    marks: tuple[Mark, ...] = ()
    result: OpResult | None = None
    file: str = ""
    line: int = 0
    answers: str = ""
    output: str = ""

    @property
    def points(self) -> float:
        """The points that it has."""
        return sum(mark.points for mark in self.marks)

    @property
    def out_of(self) -> float:
        """The points that it could have."""
        return sum(mark.out_of for mark in self.marks)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the check found."""
        return self.result.findings if self.result else ()

    @property
    def finding(self) -> Finding | None:
        """What a person reads first: the worst finding that follows from no other; None without one."""
        own = [finding for finding in self.findings if not finding.follows]
        return min(own, key=lambda finding: finding.status.severity, default=None)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "FunctionResult":
        """Return the result that encode_record wrote."""
        parts = {
            "state": FunctionState(data["state"]),
            "marks": tuple(Mark(**mark) for mark in data["marks"]),
            "result": None if data["result"] is None else OpResult.read(data["result"]),
        }
        return cls(**{**select_fields(cls, data), **parts})


@dataclass(frozen=True)
class SubmissionResult:
    """The row of one submission.

    student: the name of its file or folder.  functions: one result for each that is asked for, in the order of the
    assignment.  invalid: why nothing of it could be run, "" otherwise.  notes: what a reader must know, such as files
    that were ignored.
    """

    student: str
    functions: tuple[FunctionResult, ...] = ()
    invalid: str = ""
    notes: tuple[str, ...] = ()

    @property
    def points(self) -> float:
        """The points of all functions."""
        return sum(function.points for function in self.functions)

    @property
    def out_of(self) -> float:
        """The points that it could have."""
        return sum(function.out_of for function in self.functions)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "SubmissionResult":
        """Return the row that encode_record wrote."""
        functions = tuple(FunctionResult.read(function) for function in data["functions"])
        return cls(**{**select_fields(cls, data), "functions": functions, "notes": tuple(data["notes"])})


@dataclass(frozen=True)
class Audit:
    """An audit of a class.

    assignment: its title.  functions: the names that are asked for, in order.  submissions: one row each, sorted by
    student.  seed, examples: of the cases, which are the same for everybody.  isolation: how the submissions were
    confined, as the sandbox proved it.  complete: False where it was interrupted.  environment: versions.
    """

    assignment: str
    functions: tuple[str, ...]
    submissions: tuple[SubmissionResult, ...]
    seed: int
    examples: int
    isolation: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_unsafe(self) -> bool:
        """Whether submissions ran with less isolation than untrusted code needs, since somebody asked for it."""
        return bool(self.isolation.get("unsafe"))

    @cached_property
    def mistakes(self) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        """The commonest mistakes: function, mistake in words, and the students who made it, the commonest first."""
        made = [(f.name, describe_mistake(f.finding), s.student) for s, f in self.list_wrong() if f.finding]
        counts = Counter((name, cause) for name, cause, _ in made)
        return tuple(
            (name, cause, tuple(student for n, c, student in made if (n, c) == (name, cause)))
            for (name, cause), _ in counts.most_common()
        )

    @cached_property
    def same_answers(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Functions, and the students whose wrong answers are the same in every digit."""
        groups: dict[tuple[str, str], list[str]] = {}
        for submission, function in self.list_wrong():
            if function.answers:
                groups.setdefault((function.name, function.answers), []).append(submission.student)
        return tuple((name, tuple(students)) for (name, _), students in groups.items() if len(students) > 1)

    def list_wrong(self) -> Iterable[tuple[SubmissionResult, FunctionResult]]:
        """Return every wrong function, with its submission."""
        pairs = ((s, f) for s in self.submissions for f in s.functions)
        return [(s, f) for s, f in pairs if f.state is FunctionState.WRONG]

    def to_json(self) -> str:
        """Return the audit as JSON text; equal audits give equal bytes."""
        return json.dumps({"schema": AUDIT_SCHEMA, **encode_record(self)}, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Audit":
        """Return the audit that to_json wrote.  Raises RunError where it is broken or of another schema."""
        try:
            data = json.loads(text)
            if data["schema"] != AUDIT_SCHEMA:
                raise RunError(f"the schema is {data['schema']!r}, expected {AUDIT_SCHEMA!r}")
            submissions = tuple(SubmissionResult.read(row) for row in data["submissions"])
            parts = {"submissions": submissions, "functions": tuple(data["functions"])}
            return cls(**{**select_fields(cls, data), **parts})
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise error if isinstance(error, RunError) else RunError(f"this is no audit: {error!r}") from None


def describe_mistake(finding: Finding) -> str:
    """Describe what is wrong in words that do not depend on the case: the cause where one is known, else the law."""
    return TRIED.sub("", finding.cause) if finding.cause_name else describe_broken_law(finding)


def describe_broken_law(finding: Finding) -> str:
    """Describe which law does not hold of what, without a number: gradient of b is not as expected."""
    return f"{name_broken_part(finding)} {KIND_WORDS[finding.kind]}"


def name_broken_part(finding: Finding) -> str:
    """Name what a finding is about: a function by its name, and what the contract is of by what it is."""
    subject = finding.subject
    if subject.kind is SubjectKind.FUNCTION:
        return subject.name
    if finding.kind is FindingKind.MALFORMED and subject.kind in CONTRACT_NOUNS:
        return f"{CONTRACT_NOUNS[subject.kind]} {subject.name}"
    return f"{finding.law} of {subject.name}" if subject.name else finding.law
