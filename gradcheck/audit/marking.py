"""The state and the points of a function, from what its check found."""

from collections.abc import Collection

from gradcheck.audit.assignment import Points
from gradcheck.records.audit import FunctionState, Mark
from gradcheck.records.results import Finding, OpResult
from gradcheck.records.status import FAILING_STATUSES, Status
from gradcheck.records.subject import Part, SubjectKind

VALUE_PART, GRADIENT_PART, BOTH_PARTS = "value", "gradient", "value and gradient"
"""The parts that have points."""


def decide_state(result: OpResult, warn: Collection[str]) -> FunctionState:
    """Decide what a checked function is: lost digits are worth a warning, and no points.  warn: the laws whose findings
    cost nothing."""
    if any(counts_against(finding, warn) for finding in result.findings):
        return FunctionState.WRONG
    if any(v.status in (Status.DISPUTED, Status.INCONCLUSIVE) for v in result.verdicts if v.law not in warn):
        return FunctionState.UNJUDGED
    return FunctionState.WARNED if result.findings else FunctionState.RIGHT


def counts_against(finding: Finding, warn: Collection[str]) -> bool:
    """Whether a finding costs points."""
    return finding.status in FAILING_STATUSES and finding.law not in warn


def concerns_value(finding: Finding) -> bool:
    """Whether a finding is about what forward computes."""
    subject = finding.subject
    return subject.kind is SubjectKind.OUTPUT or (
        subject.kind is SubjectKind.FUNCTION and subject.name == Part.FORWARD.value
    )


def stops_forward(finding: Finding) -> bool:
    """Whether a finding is about a forward that raises, or whose result cannot be used."""
    return finding.subject.kind is SubjectKind.FUNCTION and concerns_value(finding)


def mark_function(
    state: FunctionState,
    points: Points,
    result: OpResult | None = None,
    warn: Collection[str] = (),
    has_other_value: bool = False,
) -> tuple[Mark, ...]:
    """Give the points of a function: those of the value where nothing is found of it, those of the gradient likewise,
    and where forward raises none.  result: None where it was not checked.  has_other_value: whether what it
    returns, or draws at random, is another thing than the model does."""
    against = [f for f in result.findings if counts_against(f, warn)] if result else []
    is_judged = result is not None and (state.is_right or state is FunctionState.WRONG)
    runs = not any(map(stops_forward, against))
    value = is_judged and not has_other_value and not any(map(concerns_value, against))
    gradient = is_judged and runs and all(map(concerns_value, against))
    earned = (
        (VALUE_PART, points.value, value),
        (GRADIENT_PART, points.gradient, gradient),
        (BOTH_PARTS, points.both, value and gradient),
    )
    return tuple(
        Mark(part, float(out_of) if is_earned else 0.0, float(out_of), describe_part(state, is_earned))
        for part, out_of, is_earned in earned
        if out_of
    )


def describe_part(state: FunctionState, earned: bool) -> str:
    """Say whether a part is right."""
    return "right" if earned else "wrong" if state is FunctionState.WRONG else str(state)
