"""The outcome of a verdict: the exit code of the command line, and whether a test passes, fails or is skipped."""

from typing import Literal

from gradcheck.laws.registry import load_laws
from gradcheck.records.results import Verdict
from gradcheck.records.status import FAILING_STATUSES, Status

Outcome = Literal["failed", "skipped", "passed"]

DOUBTFUL_STATUSES = frozenset({Status.DISPUTED, Status.INCONCLUSIVE})


def has_failing_status(verdict: Verdict, fail_on: str | None = None) -> bool:
    """Whether a verdict or one of its findings has a status that fails, or the status `fail_on`."""
    return bool({verdict.status, *(f.status for f in verdict.findings)} & {*FAILING_STATUSES, fail_on})


def is_required_and_inconclusive(verdict: Verdict) -> bool:
    """Whether a required law came to no conclusion: it could examine no case or too few, so that it is inconclusive
    without a finding, or with one of no case.  One case in which its witnesses disagree does not count."""
    law = load_laws().get(verdict.law)
    thin = any(f.status is Status.INCONCLUSIVE and f.case is None for f in verdict.findings)
    unfounded = verdict.status is Status.INCONCLUSIVE and not verdict.findings
    return law is not None and law.is_required and (thin or unfounded)


def has_doubtful_status(verdict: Verdict) -> bool:
    """Whether a verdict or one of its findings is undecided."""
    return bool({verdict.status, *(f.status for f in verdict.findings)} & DOUBTFUL_STATUSES)


def decide_outcome(verdict: Verdict, fail_on: str | None = None, strict: bool = False) -> Outcome:
    """Return the outcome of a test for one law.  A required law without a conclusion fails; any other law without one
    is skipped."""
    if (
        has_failing_status(verdict, fail_on)
        or is_required_and_inconclusive(verdict)
        or (strict and has_doubtful_status(verdict))
    ):
        return "failed"
    return "skipped" if verdict.status in (Status.INCONCLUSIVE, Status.INAPPLICABLE) else "passed"
