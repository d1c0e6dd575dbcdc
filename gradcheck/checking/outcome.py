"""What is made of a verdict: the command line exits by it, and a test passes, fails or is skipped by it."""

from typing import Literal

from gradcheck.laws.registry import load_laws
from gradcheck.records.results import Verdict
from gradcheck.records.status import FAILING_STATUSES, Status

Outcome = Literal["failed", "skipped", "passed"]

DOUBTFUL_STATUSES = frozenset({Status.DISPUTED, Status.INCONCLUSIVE})


def has_failing_status(verdict: Verdict, fail_on: str | None = None) -> bool:
    """Whether a law says that something is wrong, or says what was asked to fail as well."""
    return bool({verdict.status, *(f.status for f in verdict.findings)} & {*FAILING_STATUSES, fail_on})


def is_required_and_unexamined(verdict: Verdict) -> bool:
    """Whether a law that every op must be examined by could not be examined in a single case."""
    law = load_laws().get(verdict.law)
    required = law is not None and law.is_required
    return required and verdict.status is Status.INCONCLUSIVE and not verdict.examined


def has_doubtful_status(verdict: Verdict) -> bool:
    """Whether a law leaves something open."""
    return bool({verdict.status, *(f.status for f in verdict.findings)} & DOUBTFUL_STATUSES)


def decide_outcome(verdict: Verdict, fail_on: str | None = None, strict: bool = False) -> Outcome:
    """What becomes of a test for one law.  A gradient that nobody could examine fails; any other law that has nothing
    to say is skipped."""
    if (
        has_failing_status(verdict, fail_on)
        or is_required_and_unexamined(verdict)
        or (strict and has_doubtful_status(verdict))
    ):
        return "failed"
    return "skipped" if verdict.status in (Status.INCONCLUSIVE, Status.INAPPLICABLE) else "passed"
