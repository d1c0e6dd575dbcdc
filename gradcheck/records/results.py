"""What the engine says: Estimate, Evidence, Finding, Verdict, Run, and their JSON.  Plain frozen data."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.op import Script
from gradcheck.records.case import Case, CaseError

SCHEMA = "gradcheck-run/2"
STATUSES = ("crashed", "failed", "imprecise", "disputed", "inconclusive", "passed", "inapplicable")
"""From the worst to the least: an op's status is the worst of its laws'."""
FAILING_STATUSES = ("crashed", "failed")
"""The statuses that fail a run by themselves."""


class RunError(ValueError):
    """A saved run that cannot be read; the message says which part is wrong."""


@dataclass(frozen=True)
class Estimate:
    """A value and how far it may be off, element by element; inf where nothing is known.

    Parameters
    ----------
    value, error : array
        Both of one shape; the error is absolute.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import numerical_gradient
    >>> found = numerical_gradient(np.sum, np.array([1.0, 2.0]))
    >>> bool(np.all(np.abs(found.value - 1) <= found.error))
    True
    """

    value: Values
    error: Values


@dataclass(frozen=True)
class Evidence:
    """What one witness says at the place of the largest disagreement.

    Parameters
    ----------
    witness : str
        The name of the witness: "autodiff", "differences" or "complex step".
    claimed, expected : float
        What backward returned there, and what the witness expects.
    error : float
        How far the expected value may be off.
    agrees : bool
        Whether the witness agrees with backward within that error.

    Examples
    --------
    >>> from gradcheck import adapt, check
    >>> op = adapt(lambda x: (x * x, x), lambda dy, x: x * dy, name="half", x="N")
    >>> result = check(op, examples=4, laws=("gradient",), shrink=False)
    >>> [evidence.agrees for evidence in result.findings[0].evidence]
    [False, False, False]
    """

    witness: str
    claimed: float
    expected: float
    error: float
    agrees: bool


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong or in doubt.  Its identity is (op, law, input), which shrinking keeps.

    Parameters
    ----------
    op, law : str
        The op, and the law that it breaks.
    input : str
        What it is about: an input, an output or "forward"; "" where it is about none.
    status : str
        As that of a `Verdict`.
    claim : str
        What is wrong, in words.
    evidence : tuple of Evidence, optional
        What each witness says.
    where : str, optional
        The index of the worst element; "" where there is none.
    case : Case, optional
        The smallest counterexample that was found.
    cause, hint : str, optional
        The mistake that explains it, and what to do.
    follows : str, optional
        The law whose finding brought this one about.
    file : str, optional
        The file of the backward.
    line : int, optional
        Its line there.

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
    input: str
    status: str
    claim: str
    evidence: tuple[Evidence, ...] = ()
    where: str = ""
    case: Case | None = None
    cause: str = ""
    hint: str = ""
    follows: str = ""
    file: str = ""
    line: int = 0

    @property
    def identity(self) -> tuple[str, str, str]:
        """What stays the same while the counterexample shrinks."""
        return self.op, self.law, self.input


@dataclass(frozen=True)
class Verdict:
    """What one law says of one op, over all cases.

    Parameters
    ----------
    op, law : str
        The op and the law.
    status : str
        "passed", "failed", "imprecise", "disputed", "inconclusive", "inapplicable" or "crashed".
    examined : int, optional
        The number of cases that the law could judge.
    tightest : float, optional
        The largest disagreement divided by what is allowed: above 1 where the law failed.
    errors : mapping of str to float, optional
        The worst relative error by witness, max|a - b| / max|b| per input and case.
    findings : tuple of Finding, optional
        What is wrong.
    reason : str, optional
        Why the law could not judge, or was not asked.

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
    status: str
    examined: int = 0
    tightest: float = 0.0
    errors: Mapping[str, float] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    reason: str = ""


def is_test_id(target: str | None) -> bool:
    """Whether a target is the node id of a test: only the test itself knows how to make its op."""
    return "::" in (target or "")


@dataclass(frozen=True)
class OpResult:
    """All verdicts on one op, and what they rest on.

    Parameters
    ----------
    op, family : str
        The op, and the group under which reports list it.
    verdicts : tuple of Verdict
        One for each law that was asked.
    cases, shapes : int, optional
        The number of cases that were examined, and of their different shapes.
    witnesses : tuple of str, optional
        Those that spoke of the gradient.
    notes : tuple of str, optional
        What the user should know of how the op was examined.
    complete : bool, optional
        False where the check was interrupted.
    measured : mapping of str to float, optional
        The worst relative error of the gradient on the pinned cases by input and witness, where it was asked for.
    corpus : str, optional
        The digest of the pinned cases, "" where nothing was measured on them.
    target : str, optional
        Where the op was found, "" for the library.
    script : Script, optional
        How to call what the op was made of, where it was made of other people's code.

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
    complete: bool = True
    measured: Mapping[str, float] = field(default_factory=dict)
    corpus: str = ""
    target: str = ""
    script: Script | None = None

    @property
    def label(self) -> str:
        """What tells it from the others of a run: its name, and the test that made it where one did."""
        return f"{self.op} in {self.target}" if is_test_id(self.target) else self.op

    @property
    def status(self) -> str:
        """The worst of its laws'."""
        return min((v.status for v in self.verdicts), key=STATUSES.index, default="inconclusive")

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, in the order of the laws."""
        return tuple(f for v in self.verdicts for f in v.findings)

    def verdict(self, law: str) -> Verdict | None:
        """What one law said; None where it was not asked."""
        return next((v for v in self.verdicts if v.law == law), None)

    @property
    def errors(self) -> Mapping[str, float]:
        """The worst relative error of the gradient by witness."""
        gradient = self.verdict("gradient")
        return gradient.errors if gradient else {}


@dataclass(frozen=True)
class Run:
    """Everything that one call of ``gradcheck check`` found, which JSON keeps exactly.

    Parameters
    ----------
    results : tuple of OpResult
        One for each op.
    seed, examples : int
        What the cases were made of, and how many each op had.
    targets : tuple of str, optional
        Where the ops were found; empty for the library.
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
    complete: bool = True
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding of every op."""
        return tuple(f for result in self.results for f in result.findings)

    def to_json(self) -> str:
        """The run as JSON text, the same bytes for the same run."""
        return json.dumps({"schema": SCHEMA, **encode_record(self)}, indent=1, allow_nan=False) + "\n"

    def to_line(self) -> str:
        """The same in one line without spaces."""
        return json.dumps({"schema": SCHEMA, **encode_record(self)}, separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> "Run":
        """The run that to_json wrote.  Raises RunError where it is broken or of another schema."""
        try:
            data = json.loads(text)
        except ValueError as error:
            raise RunError(f"this is not JSON, or it is truncated: {error}") from None
        if not isinstance(data, dict) or data.get("schema") != SCHEMA:
            found = data.get("schema") if isinstance(data, dict) else type(data).__name__
            raise RunError(f"this is no saved run: its schema is {found!r}, and this version reads {SCHEMA!r}")
        try:
            results = tuple(read_result(r) for r in data["results"])
            return cls(**{**select_fields(cls, data), "results": results, "targets": tuple(data["targets"])})
        except KeyError as missing:
            raise RunError(f"the run has no {missing}") from None
        except (TypeError, ValueError, CaseError) as error:
            raise RunError(f"the run cannot be read: {error}") from None


def encode_record(value: Any) -> Any:
    """Dataclasses, tuples and cases as JSON knows them; inf and nan as words."""
    if isinstance(value, Case):
        return value.to_json()
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: encode_record(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: encode_record(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [encode_record(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def select_fields(cls: type, data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a dataclass found in data.  Raises KeyError naming one that is missing."""
    return {f.name: data[f.name] for f in fields(cls)}


def read_numbers(data: Mapping[str, Any]) -> dict[str, float]:
    """A mapping of floats, words for inf and nan among them."""
    return {key: float(value) for key, value in data.items()}


def read_result(data: Mapping[str, Any]) -> OpResult:
    """The OpResult that `plain` wrote."""
    lists = {key: tuple(data[key]) for key in ("witnesses", "notes")}
    parts = {
        "verdicts": tuple(read_verdict(v) for v in data["verdicts"]),
        "measured": read_numbers(data["measured"]),
        "script": None if data["script"] is None else Script(**data["script"]),
    }
    return OpResult(**{**select_fields(OpResult, data), **lists, **parts})


def read_verdict(data: Mapping[str, Any]) -> Verdict:
    """The Verdict that `plain` wrote.  Raises ValueError for a status that does not exist."""
    if data["status"] not in STATUSES:
        raise ValueError(f"{data['status']!r} is no status")
    findings = tuple(read_finding(f) for f in data["findings"])
    return Verdict(
        **{
            **select_fields(Verdict, data),
            "tightest": float(data["tightest"]),
            "errors": read_numbers(data["errors"]),
            "findings": findings,
        }
    )


def read_finding(data: Mapping[str, Any]) -> Finding:
    """The Finding that `plain` wrote."""
    case = None if data["case"] is None else Case.from_json(data["case"])
    evidence = tuple(
        Evidence(e["witness"], float(e["claimed"]), float(e["expected"]), float(e["error"]), e["agrees"])
        for e in data["evidence"]
    )
    return Finding(**{**select_fields(Finding, data), "case": case, "evidence": evidence})
