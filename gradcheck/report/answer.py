"""The first line of a report, which answers whether the ops hold."""

from collections import Counter
from collections.abc import Sequence

from gradcheck.checking.baseline import Comparison, OpChange
from gradcheck.declaration.origin import NotChecked
from gradcheck.escaping import cut_text
from gradcheck.formatting import pluralise
from gradcheck.records.results import Finding, OpResult, Run
from gradcheck.records.status import FAILING_STATUSES, UNDECIDED_STATUSES, Status

MAX_LISTED_NAMES = 8
"""Ops, and findings of one op, that the first line names at most."""
MAX_REASON_LENGTH = 120
"""Characters of the reason for which an op could not be examined, in the first line."""


def compose_answer(run: Run) -> str:
    """Compose the first line of a report."""
    parts = run.unchecked_parts
    left_out = f"; not checked: {list_names([describe_unchecked_part(part) for part in parts])}" if parts else ""
    return f"{compose_verdict(run.results)}{left_out}." + describe_completeness(run)


def describe_completeness(run: Run) -> str:
    """Say that a run is incomplete, and how many ops were not examined; "" where it is complete."""
    if run.unexamined:
        left = pluralise(len(run.unexamined), "op")
        return f" The run is incomplete: {left} {'was' if len(run.unexamined) == 1 else 'were'} not examined."
    return " The run is incomplete." * (not run.complete)


def describe_unchecked_part(part: NotChecked) -> str:
    """Describe something that was not checked in a few words, the reason in brackets."""
    return str(NotChecked(cut_text(part.name), cut_text(part.reason)))


def compose_verdict(results: Sequence[OpResult]) -> str:
    """Compose the answer of a run: which ops fail, else which are in doubt, else that all hold, and with which
    warnings."""
    warned = describe_warned_ops(results)
    doubts = "; ".join(filter(None, [describe_doubts(results), warned]))
    ops = pluralise(len(results), "op")
    if failing := [result for result in results if result.status in FAILING_STATUSES]:
        verb = "fails" if len(failing) == 1 else "fail"
        named = list_names([describe_op_status(result) for result in failing])
        return f"{len(failing)} of {ops} {verb}: {named}" + f"; {doubts}" * bool(doubts)
    if not results:
        return "No op was checked"
    checked = f"{ops} checked on {pluralise(sum(result.cases for result in results), 'case')}"
    holds = "it holds" if len(results) == 1 else "all hold"
    if doubts == warned:
        return f"{checked}: {holds}" + f", with {warned}" * bool(warned)
    return f"{checked}: none fails; {doubts}"


def describe_doubts(results: Sequence[OpResult]) -> str:
    """Name the ops that neither fail nor hold, by status; "" where there is none."""
    by_status = {status: [result for result in results if result.status == status] for status in UNDECIDED_STATUSES}
    return "; ".join(
        f"{status}: {list_names([describe_op_status(result) for result in doubtful])}"
        for status, doubtful in by_status.items()
        if doubtful
    )


def describe_warned_ops(results: Sequence[OpResult]) -> str:
    """Name the ops that do not fail and about which there is a warning; "" where there is none."""
    warned = [
        describe_op_status(result, Status.WARNING)
        for result in results
        if result.status not in FAILING_STATUSES and any(f.status is Status.WARNING for f in result.findings)
    ]
    return f"warnings: {list_names(warned)}" if warned else ""


def list_names(names: Sequence[str]) -> str:
    """Join names by commas, MAX_LISTED_NAMES of them at most."""
    more = len(names) - MAX_LISTED_NAMES
    return ", ".join(names[:MAX_LISTED_NAMES]) + (f" and {more} more" if more > 0 else "")


def describe_op_status(result: OpResult, status: Status | None = None) -> str:
    """Name an op and the reasons of a status, by default its own: affine (gradient of b)."""
    status = status or result.status
    findings = [f for f in result.findings if f.status == status or {f.status, status} <= set(FAILING_STATUSES)]
    roots = [f for f in findings if not f.follows] or findings
    laws = [v.law for v in result.verdicts if v.status == status]
    reasons = [describe_subject(f) for f in roots] or explain_unexamined_op(result) or laws
    return f"{cut_text(result.label)} ({list_names(list(dict.fromkeys(reasons)))})"


def explain_unexamined_op(result: OpResult) -> list[str]:
    """Return the one reason for which no law could examine an op; empty where laws have reasons of their own."""
    reasons = {v.reason for v in result.verdicts}
    if result.cases or len(reasons) > 1:
        return []
    return [cut_text(reason.removeprefix(f"{result.op}: "), MAX_REASON_LENGTH) for reason in reasons if reason]


def describe_subject(finding: Finding) -> str:
    """Name the law and the subject of a finding: gradient of b."""
    if finding.status is Status.CRASHED:
        return "crashed"
    return f"{finding.law} of {cut_text(finding.input)}" if finding.input else finding.law


def compose_comparison_answer(comparison: Comparison) -> str:
    """Compose the sentence that counts what became of the ops since the baseline, the worst first."""
    if comparison.apart:
        return "Not comparable with the baseline."
    count = Counter(comparison.op_changes.values())
    told = ", ".join(f"{count[change]} {change}" for change in OpChange if count[change])
    return f"Beside the baseline: {told or 'no error to compare'}."
