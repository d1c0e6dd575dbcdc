"""A law: a statement that every op must satisfy, and the function that examines it in one case."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.accumulator import LawAccumulator, Observation
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, FindingId


class Examine(Protocol):
    """A function that examines one case.  Pure: one op and case give one observation, and nothing is modified."""

    def __call__(self, op: Op, case: Case, evaluator: Evaluator) -> Observation:
        """Return the observation.  May raise UserError and Malformed, which become a finding of the law."""


class ReviewCases(Protocol):
    """A function that reviews all cases together, after the last one."""

    def __call__(self, op: Op, accumulators: Mapping[str, LawAccumulator]) -> Mapping[FindingId, Finding]:
        """Return the findings of the law.  accumulators: of each law that was examined, by its name."""


class ExplainFinding(Protocol):
    """A function that explains a finding on its smallest case."""

    def __call__(self, op: Op, finding: Finding, seen: Observation, others: Iterable[Case]) -> Finding:
        """Return the finding with its cause.  seen: the law's observation in that case.  others: more cases of the
        op."""


@dataclass(frozen=True)
class Law:
    """A statement that every op must satisfy.

    statement: what must hold.  rationale: what goes wrong for a user where it does not.
    examine: one case.  review_cases: all cases together.  explain_finding: the cause of a finding.
    explain_inapplicability: why the law does not apply to an op, "" where it does.
    explain_unexamined: why it does not apply to an op that it could examine in no case, "" where that leaves the op in
    doubt.
    measure_errors: examine a case of the pinned corpus with full care, for the relative errors of a baseline.
    is_structural: whether findings of other laws may follow from its own; it is examined in every case.
    is_required: whether an op that it could examine in no case counts as not checked.
    examines_large_cases: whether it is examined in large cases as well, at a cost of a few calls.
    needs_reference_run: whether it relies on the reference as run by NumPy, so that its findings do not count where XLA
    computes other numbers.
    is_lenient: whether an audit tells of its findings and takes no points for them, since they are of how a function is
    called, or of what courses leave open.
    hears_vectors: whether golden vectors are a witness of it.
    broken_by: the name of another law: where that does not hold in a case, or right beside it, this one may fail for
    the same mistake.
    """

    name: str
    statement: str
    rationale: str
    examine: Examine
    explain_inapplicability: Callable[[Op], str] = lambda op: ""
    explain_unexamined: Callable[[Op], str] = field(default=lambda op: "", kw_only=True)
    review_cases: ReviewCases | None = field(default=None, kw_only=True)
    explain_finding: ExplainFinding | None = field(default=None, kw_only=True)
    measure_errors: Examine | None = field(default=None, kw_only=True)
    is_structural: bool = field(default=False, kw_only=True)
    is_required: bool = field(default=False, kw_only=True)
    examines_large_cases: bool = field(default=False, kw_only=True)
    needs_reference_run: bool = field(default=False, kw_only=True)
    is_lenient: bool = field(default=False, kw_only=True)
    hears_vectors: bool = field(default=False, kw_only=True)
    broken_by: str = field(default="", kw_only=True)
