"""Status: the result of a law, ordered from the worst."""

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """The status of a finding, a verdict or an op, ordered from the worst."""

    CRASHED = "crashed"
    FAILED = "failed"
    IMPRECISE = "imprecise"
    DISPUTED = "disputed"
    INCONCLUSIVE = "inconclusive"
    WARNING = "warning"
    PASSED = "passed"
    INAPPLICABLE = "inapplicable"

    @property
    def severity(self) -> int:
        """Its rank, 0 for the worst."""
        return SEVERITY[self]


SEVERITY = {status: rank for rank, status in enumerate(Status)}

FAILING_STATUSES = frozenset({Status.CRASHED, Status.FAILED})
"""Statuses that fail a run without an option."""

UNDECIDED_STATUSES = (Status.IMPRECISE, Status.DISPUTED, Status.INCONCLUSIVE)
"""Statuses that fail a run only by an option, and under which an op does not hold.  A warning is none of them: the op
holds, but a strict run fails."""


def worst_status(statuses: Iterable[Status], default: Status = Status.INCONCLUSIVE) -> Status:
    """Return the worst of some statuses: an op's is the worst of its laws'."""
    return min(statuses, key=SEVERITY.__getitem__, default=default)
