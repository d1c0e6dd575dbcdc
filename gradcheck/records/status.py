"""Status: what a law says of an op, from the worst to the least."""

from collections.abc import Iterable
from enum import StrEnum


class Status(StrEnum):
    """The status of a finding, a verdict or an op, from the worst to the least."""

    CRASHED = "crashed"
    FAILED = "failed"
    IMPRECISE = "imprecise"
    DISPUTED = "disputed"
    INCONCLUSIVE = "inconclusive"
    PASSED = "passed"
    INAPPLICABLE = "inapplicable"

    @property
    def severity(self) -> int:
        """Its place, 0 for the worst."""
        return SEVERITY[self]


SEVERITY = {status: place for place, status in enumerate(Status)}

FAILING_STATUSES = frozenset({Status.CRASHED, Status.FAILED})
"""Those that fail a run by themselves."""

UNDECIDED_STATUSES = (Status.IMPRECISE, Status.DISPUTED, Status.INCONCLUSIVE)
"""Those that fail nothing unless asked to, and that a reader must know of."""


def worst_status(statuses: Iterable[Status], default: Status = Status.INCONCLUSIVE) -> Status:
    """The worst of some statuses: an op's is the worst of its laws'."""
    return min(statuses, key=SEVERITY.__getitem__, default=default)
