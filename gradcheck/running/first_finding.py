"""The first finding of an op, told while its check goes on: in the case that showed it, before a smaller is sought."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from gradcheck.records.status import FAILING_STATUSES

if TYPE_CHECKING:
    from gradcheck.checking.op_check import OpCheck

ClaimCallback = Callable[[str], None]
"""Called with the claim of a finding, and the op that it is of."""


class FirstFinding:
    """Looks for the first finding of a check that fails the op, and tells it once."""

    def __init__(self, op_check: "OpCheck", tell: ClaimCallback) -> None:
        self.op_check, self.tell, self.is_told = op_check, tell, False

    def look(self) -> None:
        """Tell the finding where there is one by now, and none was told."""
        if self.is_told:
            return
        seen = (*self.op_check.kept.values(), *self.op_check.accumulators.values())
        found = (f for accumulator in seen for f in accumulator.findings.values())
        first = next((f for f in found if f.status in FAILING_STATUSES and not f.follows), None)
        if first is not None:
            self.is_told = True
            self.tell(f"{first.op}: {first.claim}")
