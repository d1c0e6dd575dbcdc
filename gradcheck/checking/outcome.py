"""The outcome of a verdict: the exit code of the command line, and whether a test passes, fails or is skipped."""

from collections.abc import Iterator
from typing import Literal

from gradcheck.escaping import MAX_NOTE_LENGTH, cut_text, escape_unprintable
from gradcheck.laws.registry import load_laws
from gradcheck.records.results import OpResult, Verdict
from gradcheck.records.status import FAILING_STATUSES, Status

Outcome = Literal["failed", "skipped", "passed"]

DOUBTFUL_STATUSES = frozenset({Status.DISPUTED, Status.INCONCLUSIVE})


class FindingWarning(UserWarning):
    """A finding of the status "warning", in a test that passes.

    Examples
    --------
    >>> import warnings
    >>> from gradcheck import FindingWarning, assert_correct
    >>> with warnings.catch_warnings(record=True, category=FindingWarning) as told:
    ...     assert_correct(lambda x: (2.0 + x, None), lambda dy, cache: dy, name="shift", x="N", examples=4)
    >>> print(told[0].message)  # doctest: +ELLIPSIS
    shift: the gradient of x shares memory with the upstream of y (purity): Return a copy...
    """


def has_failing_status(verdict: Verdict, fail_on: str | None = None, strict: bool = False) -> bool:
    """Whether a verdict or one of its findings has a status that fails, or the status `fail_on`; under strict also a
    warning."""
    failing = {*FAILING_STATUSES, fail_on} | ({Status.WARNING} if strict else set())
    return bool({verdict.status, *(f.status for f in verdict.findings)} & failing)


def is_required_and_inconclusive(verdict: Verdict) -> bool:
    """Whether a required law came to no conclusion: it could examine no case or too few, so that it is inconclusive
    without a finding but warnings, or with one of no case.  One case in which its witnesses disagree does not count."""
    law = load_laws().get(verdict.law)
    thin = any(f.status is Status.INCONCLUSIVE and f.case is None for f in verdict.findings)
    unfounded = verdict.status is Status.INCONCLUSIVE and all(f.status is Status.WARNING for f in verdict.findings)
    return law is not None and law.is_required and (thin or unfounded)


def has_doubtful_status(verdict: Verdict) -> bool:
    """Whether a verdict or one of its findings is undecided."""
    return bool({verdict.status, *(f.status for f in verdict.findings)} & DOUBTFUL_STATUSES)


def decide_outcome(verdict: Verdict, fail_on: str | None = None, strict: bool = False) -> Outcome:
    """Return the outcome of a test for one law.  A required law without a conclusion fails; any other law without one
    is skipped."""
    if (
        has_failing_status(verdict, fail_on, strict)
        or is_required_and_inconclusive(verdict)
        or (strict and has_doubtful_status(verdict))
    ):
        return "failed"
    return "skipped" if verdict.status in (Status.INCONCLUSIVE, Status.INAPPLICABLE) else "passed"


def describe_warnings(result: OpResult) -> Iterator[str]:
    """Describe the warnings about an op, a line for each."""
    for finding in result.findings:
        if finding.status is Status.WARNING:
            hint = f": {finding.hint}" if finding.hint else ""
            yield escape_unprintable(cut_text(f"{result.op}: {finding.claim} ({finding.law}){hint}", MAX_NOTE_LENGTH))
