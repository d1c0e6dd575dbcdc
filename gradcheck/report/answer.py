"""The first line of a report: does it hold?"""

from collections import Counter, defaultdict
from collections.abc import Sequence

from gradcheck.checking.baseline import Comparison, ErrorChange
from gradcheck.formatting import pluralise
from gradcheck.records.results import Finding, OpResult, Run
from gradcheck.records.status import FAILING_STATUSES, UNDECIDED_STATUSES, Status

MAX_LISTED_NAMES = 8
"""Ops, and findings of one op, that the first line names."""


def compose_answer(run: Run) -> str:
    """The first line: does it hold?"""
    results, cases = run.results, sum(r.cases for r in run.results)
    by_status: dict[str, list[OpResult]] = defaultdict(list)
    for result in results:
        by_status["fail" if result.status in FAILING_STATUSES else result.status].append(result)
    failing, unsure = by_status["fail"], [s for s in UNDECIDED_STATUSES if by_status[s]]
    doubts = "; ".join(
        f"{status}: {list_names([describe_op_status(r) for r in by_status[status]])}" for status in unsure
    )
    checked = f"{pluralise(len(results), 'op')} checked on {pluralise(cases, 'case')}"
    if failing:
        verb = "fails" if len(failing) == 1 else "fail"
        named = list_names([describe_op_status(r) for r in failing])
        said = f"{len(failing)} of {pluralise(len(results), 'op')} {verb}: {named}"
        said += f"; {doubts}" * bool(doubts)
    elif doubts:
        said = f"{checked}: none fails; {doubts}"
    else:
        said = f"{checked}: {'it holds' if len(results) == 1 else 'all hold'}" if results else "No op was checked"
    return f"{said}." + " The run is incomplete." * (not run.complete)


def list_names(names: Sequence[str]) -> str:
    """A list that ends before it is long."""
    more = len(names) - MAX_LISTED_NAMES
    return ", ".join(names[:MAX_LISTED_NAMES]) + (f" and {more} more" if more > 0 else "")


def describe_op_status(result: OpResult) -> str:
    """An op and what its status rests on: affine (gradient of b)."""
    findings = [
        f for f in result.findings if f.status == result.status or {f.status, result.status} <= set(FAILING_STATUSES)
    ]
    roots = [f for f in findings if not f.follows] or findings
    laws = [v.law for v in result.verdicts if v.status == result.status]
    reasons = [describe_subject(f) for f in roots] or laws
    return f"{result.label} ({list_names(list(dict.fromkeys(reasons)))})"


def describe_subject(finding: Finding) -> str:
    """What a finding is about, in a few words."""
    if finding.status is Status.CRASHED:
        return "crashed"
    return f"{finding.law} of {finding.input}" if finding.input else finding.law


def compose_comparison_answer(comparison: Comparison) -> str:
    """The first line of a comparison."""
    count = Counter(row.change for row in comparison.rows)
    both = pluralise(count.total() - count[ErrorChange.LOST] - count[ErrorChange.NEW], "error")
    regressed, improved = (count[change] or "none" for change in (ErrorChange.REGRESSED, ErrorChange.IMPROVED))
    said = f"{both} compared: {regressed} regressed, {improved} improved"
    said += f"; {count[ErrorChange.LOST]} no longer measured" * bool(count[ErrorChange.LOST])
    return said + f"; {count[ErrorChange.NEW]} not measured before" * bool(count[ErrorChange.NEW]) + "."
