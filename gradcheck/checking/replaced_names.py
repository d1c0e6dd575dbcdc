"""The finding for code under test that replaced names of NumPy, Python or gradcheck."""

from collections.abc import Sequence
from dataclasses import replace

from gradcheck.records.results import Finding, OpResult
from gradcheck.records.status import Status, worst_status
from gradcheck.records.subject import WHOLE_OP

MAX_TOLD_NAMES = 4
"""Replaced names that are told."""

HINT = "Everything that was found meanwhile was computed with them: call them by names of your own."


def add_replacement_finding(result: OpResult, replaced: Sequence[str]) -> OpResult:
    """Return the result with a failed finding of its first law where the code under test replaced names."""
    if not replaced or not result.verdicts:
        return result
    verdict, *others = result.verdicts
    finding = Finding(result.op, verdict.law, WHOLE_OP, Status.FAILED, describe_replacements(replaced), hint=HINT)
    status = worst_status([verdict.status, Status.FAILED])
    told = replace(verdict, status=status, findings=(finding, *verdict.findings))
    return replace(result, verdicts=(told, *others))


def describe_replacements(replaced: Sequence[str]) -> str:
    """Describe which names the code under test replaced, the first few of many."""
    more = f" and {len(replaced) - MAX_TOLD_NAMES} more" if len(replaced) > MAX_TOLD_NAMES else ""
    return f"the code under test replaced {', '.join(replaced[:MAX_TOLD_NAMES])}{more}"
