"""Findings, verdicts and runs: plain frozen data, and their JSON."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gradcheck.declaration.origin import NotChecked, Script
from gradcheck.records.case import Case, CaseError
from gradcheck.records.codec import ADDED_LATER, NOT_SAVED, encode_record, select_fields
from gradcheck.records.demonstration import PLAIN_CALL, Demonstration
from gradcheck.records.difference_map import DifferenceMap
from gradcheck.records.evidence import Errors, Evidence, read_errors
from gradcheck.records.patch import Patch
from gradcheck.records.searched import Searched
from gradcheck.records.status import Status, worst_status
from gradcheck.records.subject import Subject, SubjectKind

SCHEMA = "gradcheck-run/7"
"""The version of the JSON schema; version 6 had no names of causes, no patches and no pictures."""


DECLARED_EXCEPTION = "declared exception: "


class RunError(ValueError):
    """A saved run that cannot be read; the message says which part is wrong."""


class FindingKind(StrEnum):
    """How something is wrong, ordered as findings are shown: a finite number differs from the expected one, a result
    has another form (a shape, a dtype, None), a number is not finite, an exception was raised."""

    DISAGREES = "disagrees"
    MALFORMED = "malformed"
    NOT_FINITE = "not finite"
    RAISED = "raised"

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return list(FindingKind).index(self)

    @classmethod
    def of_evidence(cls, evidence: Iterable[Evidence]) -> "FindingKind":
        """Return NOT_FINITE where a witness contradicts, or expects, a number that is not finite; else DISAGREES."""
        contradicting = (e for e in evidence if not e.agrees)
        finite = all(math.isfinite(e.claimed) and math.isfinite(e.expected) for e in contradicting)
        return cls.DISAGREES if finite else cls.NOT_FINITE


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or in doubt.  Its identity is (op, law, subject, kind), which shrinking keeps.

    Parameters
    ----------
    op, law : str
        The op, and the law that it breaks.
    subject : Subject
        The input whose gradient it is about, an output, a function that raised, or the whole op; `finding.input` is its
        name.
    status : Status
        One of the statuses of a `Verdict`.
    claim : str
        The disagreement, in words.
    evidence : tuple of Evidence, optional
        The figures of each witness.
    where : str, optional
        The index of the worst element; "" where there is none.
    case : Case, optional
        The smallest counterexample that was found.
    cause, hint : str, optional
        The mistake that explains it, and how to correct it.
    follows : str, optional
        The law whose finding this one follows from.
    file : str, optional
        The file of the backward.
    line : int, optional
        Its line there.
    kept : bool, optional
        Whether it was met on a case kept from an earlier run alone, and on none of the generated cases.
    kind : FindingKind, a str, optional
        "disagrees", "malformed", "not finite" or "raised".
    unshrunk : str, optional
        Why the case may not be the smallest.
    demonstration : Demonstration, optional
        How the number of the claim comes about, where it is not simply a result of the case.
    cause_name : str, optional
        The name of the cause, whose page ``gradcheck explain`` shows; "" where no known cause explains it.
    patch : Patch, optional
        The edit of one line that makes it right in all cases in which it was tried.
    picture : DifferenceMap, optional
        The wrong array and the expected one, where they are small enough to be shown and show a pattern.

    Examples
    --------
    >>> from gradcheck import adapt, check
    >>> op = adapt(lambda x: (x * x, x), lambda dy, x: x * dy, name="half", x="N")
    >>> result = check(op, examples=4, laws=("gradient",), shrink=False)
    >>> finding = result.findings[0]
    >>> finding.law, finding.input, finding.case.op
    ('gradient', 'x', 'half')
    """

    op: str
    law: str
    subject: Subject
    status: Status
    claim: str
    evidence: tuple[Evidence, ...] = ()
    where: str = ""
    case: Case | None = None
    cause: str = ""
    hint: str = ""
    follows: str = ""
    file: str = ""
    line: int = 0
    kept: bool = False
    kind: FindingKind = field(default=FindingKind.DISAGREES, kw_only=True)
    unshrunk: str = field(default="", kw_only=True)
    demonstration: Demonstration = field(default=PLAIN_CALL, kw_only=True)
    cause_name: str = field(default="", kw_only=True)
    patch: Patch | None = field(default=None, kw_only=True)
    picture: DifferenceMap | None = field(default=None, kw_only=True)

    @property
    def input(self) -> str:
        """The name of its subject: mostly the input whose gradient is wrong."""
        return self.subject.name

    @property
    def identity(self) -> "FindingId":
        """The key that does not change while the counterexample shrinks."""
        return self.op, self.law, self.subject, self.kind

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Finding":
        """Return the finding that encode_record wrote.  Raises KeyError, TypeError and ValueError where the data is
        broken."""
        parts = {
            "subject": Subject(SubjectKind(data["subject"]["kind"]), str(data["subject"]["name"])),
            "status": Status(data["status"]),
            "case": None if data["case"] is None else Case.from_json(data["case"]),
            "evidence": tuple(read_evidence(e) for e in data["evidence"]),
            "kept": bool(data["kept"]),
            "kind": FindingKind(data["kind"]),
            "demonstration": Demonstration.from_json(data["demonstration"]),
            "patch": None if data["patch"] is None else Patch.from_json(data["patch"]),
            "picture": None if data["picture"] is None else DifferenceMap.from_json(data["picture"]),
        }
        return cls(**{**select_fields(cls, data), **parts})


FindingId = tuple[str, str, Subject, FindingKind]
"""The op, the law, the subject and the kind of a finding."""


def read_evidence(data: Mapping[str, Any]) -> Evidence:
    """Return the evidence that encode_record wrote."""
    numbers = {name: float(data[name]) for name in ("claimed", "expected", "error")}
    return Evidence(witness=str(data["witness"]), agrees=bool(data["agrees"]), **numbers)


@dataclass(frozen=True)
class Verdict:
    """The verdict of one law on one op, over all cases.

    Parameters
    ----------
    op, law : str
        The op and the law.
    status : Status, a str
        "passed", "failed", "imprecise", "disputed", "inconclusive", "warning", "inapplicable" or "crashed".
    examined : int, optional
        The number of cases that the law could judge.
    abstained : int, optional
        The number of cases that it could not judge.
    abstained_reason : str, optional
        The commonest reason for that.
    tightest : float, optional
        The largest disagreement divided by what is allowed: above 1 where the law failed.
    errors : mapping of str to float, optional
        The worst relative error by witness, max|a - b| / max|b| per input and case.
    findings : tuple of Finding, optional
        The disagreements.
    reason : str, optional
        Why the law could not judge, or was not examined.
    departs_lawfully : bool, optional
        Whether the op declares an exception from the law; read from the reason in a saved run.

    Examples
    --------
    >>> from gradcheck import adapt, check
    >>> op = adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, x="N")
    >>> verdict = check(op, examples=4, laws=("gradient",)).verdict("gradient")
    >>> print(verdict.status, verdict.tightest < 1)
    passed True
    """

    op: str
    law: str
    status: Status
    examined: int = 0
    abstained: int = field(default=0, kw_only=True)
    abstained_reason: str = field(default="", kw_only=True)
    tightest: float = 0.0
    errors: Errors = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    reason: str = ""
    departs_lawfully: bool = field(default=False, metadata=NOT_SAVED)

    @classmethod
    def of_exception(cls, op: str, law: str, reason: str) -> "Verdict":
        """Return the verdict on an op that declares an exception from a law."""
        return cls(op, law, Status.INAPPLICABLE, reason=f"{DECLARED_EXCEPTION}{reason}", departs_lawfully=True)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "Verdict":
        """Return the verdict that encode_record wrote.  Raises ValueError for a status that does not exist."""
        parts = {
            "status": Status(data["status"]),
            "tightest": float(data["tightest"]),
            "errors": read_errors(data["errors"]),
            "findings": tuple(Finding.read(f) for f in data["findings"]),
            "departs_lawfully": str(data["reason"]).startswith(DECLARED_EXCEPTION),
        }
        return cls(**{**select_fields(cls, data), **parts})


def read_not_checked(data: Iterable[Mapping[str, Any]]) -> tuple[NotChecked, ...]:
    """Return what encode_record wrote of things that were not checked."""
    return tuple(NotChecked(str(item["name"]), str(item["reason"])) for item in data)


def qualify_op_name(target: str, name: str) -> str:
    """Return the name of an op with its target, as the command line takes them."""
    return target if target.endswith(f":{name}") else f"{target}:{name}"


def is_test_id(target: str | None) -> bool:
    """Whether a target is the node id of a test: only the test itself can make its op."""
    return "::" in (target or "")


@dataclass(frozen=True)
class OpResult:
    """All verdicts on one op, and their basis.

    Parameters
    ----------
    op, family : str
        The op, and the group under which reports list it.
    verdicts : tuple of Verdict
        One for each law that was examined.
    cases, shapes : int, optional
        The number of cases that were examined, and of their different shapes.
    witnesses : tuple of str, optional
        Those with a figure for the gradient.
    notes : tuple of str, optional
        Notes on how the op was examined.
    not_checked : tuple of NotChecked, optional
        The parameters whose gradients were not checked, and the places of the code that no case ran.
    searched : Searched, optional
        What the cases looked at.
    complete : bool, optional
        False where the check was interrupted.
    measured : mapping of str to float, optional
        The worst relative error of the gradient on the pinned cases by input and witness, where it was measured.
    corpus : str, optional
        The digest of the pinned cases, "" where nothing was measured on them.
    target : str, optional
        Where the op was found, "" for the library.
    shares_name : bool, optional
        Whether another op of the run, in another target, has its name.
    script : Script, optional
        How to call the code that the op was made of, where an adapter made it.
    file : str, optional
        The file of the backward, relative to the current folder; "" where it is elsewhere, or has no source.
    line : int, optional
        Its line there.

    Examples
    --------
    >>> from gradcheck import adapt, check
    >>> op = adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, name="square", x="N")
    >>> result = check(op, examples=4, laws=("contract", "linearity"))
    >>> print(result.status, [verdict.law for verdict in result.verdicts])
    passed ['contract', 'linearity']
    """

    op: str
    family: str
    verdicts: tuple[Verdict, ...]
    cases: int = 0
    shapes: int = 0
    witnesses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    not_checked: tuple[NotChecked, ...] = field(default=(), kw_only=True)
    searched: Searched = field(default=Searched(), kw_only=True)
    complete: bool = True
    measured: Errors = field(default_factory=dict)
    corpus: str = ""
    target: str = ""
    script: Script | None = None
    shares_name: bool = field(default=False, kw_only=True)
    file: str = field(default="", kw_only=True, metadata=ADDED_LATER)
    line: int = field(default=0, kw_only=True, metadata=ADDED_LATER)

    @property
    def label(self) -> str:
        """A name that is unique in a run: the op's name, with the test that made it where one did, and with its target
        where another op has its name."""
        if is_test_id(self.target):
            return f"{self.op} in {self.target}"
        return qualify_op_name(self.target, self.op) if self.shares_name else self.op

    @property
    def status(self) -> Status:
        """The worst status of its laws."""
        return worst_status(v.status for v in self.verdicts)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, in the order of the laws."""
        return tuple(f for v in self.verdicts for f in v.findings)

    def verdict(self, law: str) -> Verdict | None:
        """Return the verdict of one law; None where it was not examined."""
        return next((v for v in self.verdicts if v.law == law), None)

    @property
    def errors(self) -> Errors:
        """The worst relative errors of the gradient."""
        return {key: error for v in self.verdicts for key, error in v.errors.items()}

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "OpResult":
        """Return the result that encode_record wrote.  Raises KeyError, TypeError and ValueError where the data is
        broken."""
        parts = {
            "verdicts": tuple(Verdict.read(v) for v in data["verdicts"]),
            "witnesses": tuple(data["witnesses"]),
            "notes": tuple(data["notes"]),
            "not_checked": read_not_checked(data["not_checked"]),
            "searched": Searched.read(data["searched"]),
            "measured": read_errors(data["measured"]),
            "script": None if data["script"] is None else Script(**data["script"]),
        }
        return cls(**{**select_fields(cls, data), **parts})


@dataclass(frozen=True)
class Run:
    """The results of one call of ``gradcheck check``, which JSON preserves exactly.

    Parameters
    ----------
    results : tuple of OpResult
        One for each op.
    seed, examples : int
        The seed of the cases, and their number for each op.
    targets : tuple of str, optional
        Where the ops were found; empty for the library.
    not_checked : tuple of NotChecked, optional
        Functions, classes and files that were found beside the ops.
    unexamined : tuple of str, optional
        The ops that an interrupt left without a result.
    complete : bool, optional
        False where the run was interrupted.
    environment : mapping of str to str, optional
        The versions that the figures depend on.

    Examples
    --------
    >>> from gradcheck import Run, adapt, check
    >>> op = adapt(lambda x: (x * x, x), lambda dy, x: 2 * x * dy, name="square", x="N")
    >>> run = Run((check(op, examples=4, laws=("contract",)),), seed=0, examples=4)
    >>> Run.from_json(run.to_json()) == run
    True
    """

    results: tuple[OpResult, ...]
    seed: int
    examples: int
    targets: tuple[str, ...] = ()
    not_checked: tuple[NotChecked, ...] = field(default=(), kw_only=True)
    unexamined: tuple[str, ...] = field(default=(), kw_only=True)
    complete: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def unchecked_parts(self) -> tuple[NotChecked, ...]:
        """Everything that was not checked: the parameters of ops, under the names of these, and what is beside them."""
        parameters = (
            NotChecked(part.name if len(self.results) == 1 else f"{result.label}: {part.name}", part.reason)
            for result in self.results
            for part in result.not_checked
        )
        return (*parameters, *self.not_checked)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings of all ops."""
        return tuple(f for result in self.results for f in result.findings)

    def to_json(self) -> str:
        """Return the run as JSON text; equal runs give equal bytes."""
        return json.dumps({"schema": SCHEMA, **encode_record(self)}, indent=1, allow_nan=False) + "\n"

    def to_line(self) -> str:
        """Return the run as JSON in one line without spaces."""
        return json.dumps({"schema": SCHEMA, **encode_record(self)}, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Run":
        """Return the run that to_json wrote.  Raises RunError where it is broken or of another schema."""
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise RunError(f"this is not JSON, or it is truncated: {error}") from None
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            schema = data.get("schema") if isinstance(data, dict) else type(data).__name__
            raise RunError(
                f"this is no saved run: its schema is {schema!r}, and this version reads {SCHEMA!r}; "
                "make it anew with gradcheck check --save"
            )
        try:
            results = tuple(OpResult.read(r) for r in data["results"])
            not_checked = read_not_checked(data["not_checked"])
            targets, unexamined = tuple(map(str, data["targets"])), tuple(map(str, data["unexamined"]))
            environment = {str(name): str(value) for name, value in data["environment"].items()}
            parts = {
                "results": results,
                "targets": targets,
                "not_checked": not_checked,
                "unexamined": unexamined,
                "environment": environment,
            }
            return cls(**{**select_fields(cls, data), **parts})
        except KeyError as missing:
            raise RunError(f"the run has no {missing}") from None
        except (TypeError, ValueError, AttributeError, ArithmeticError, CaseError) as error:
            raise RunError(f"the run cannot be read: {error}") from None
