"""The result of an op whose process ended while it was checked."""

from collections.abc import Sequence

from gradcheck.records.results import Finding, OpResult, Verdict
from gradcheck.records.status import Status
from gradcheck.records.subject import WHOLE_OP
from gradcheck.running.located_op import LocatedOp


def make_crash_result(laws: Sequence[str], located: LocatedOp, how: str, hint: str = "") -> OpResult:
    """Make a result with one crashed finding of the first law; the other laws are inconclusive.

    how: how the process ended, as it stands in the claim.
    """
    op, (first, *others) = located.op, laws
    finding = Finding(op.name, first, WHOLE_OP, Status.CRASHED, f"the process that examined it died {how}", hint=hint)
    crashed = Verdict(op.name, first, Status.CRASHED, findings=(finding,))
    unexamined = [Verdict(op.name, law, Status.INCONCLUSIVE, reason="its process died") for law in others]
    return OpResult(op.name, op.family, (crashed, *unexamined), complete=False, target=located.target)
