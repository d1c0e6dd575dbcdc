"""The result of an op on which gradcheck itself failed: the other ops of the run are checked all the same."""

from collections.abc import Sequence

from gradcheck.checking.replaced_names import describe_replacements
from gradcheck.evaluation.descriptions import describe_raised
from gradcheck.evaluation.evaluator import locate_exception
from gradcheck.records.results import Finding, FindingKind, OpResult, Verdict
from gradcheck.records.status import Status
from gradcheck.records.subject import WHOLE_OP
from gradcheck.running.located_op import LocatedOp


def make_internal_error_result(
    laws: Sequence[str], located: LocatedOp, error: BaseException, replaced: Sequence[str] = ()
) -> OpResult:
    """Make a result with one crashed finding of the first law; the other laws are inconclusive.

    error: what gradcheck raised.  replaced: the names that the code under test had replaced, which explain it.
    """
    op, (first, *others) = located.op, laws
    (file, line), said = locate_exception(error, ""), describe_raised(error)
    if replaced:
        claim = f"{describe_replacements(replaced)}, and the check could not go on: {said}"
    else:
        claim = f"internal error: {said} ({file}, line {line}); a fault of gradcheck, please report it"
    finding = Finding(op.name, first, WHOLE_OP, Status.CRASHED, claim, file=file, line=line, kind=FindingKind.RAISED)
    crashed = Verdict(op.name, first, Status.CRASHED, findings=(finding,))
    unexamined = [Verdict(op.name, law, Status.INCONCLUSIVE, reason="the check could not go on") for law in others]
    return OpResult(op.name, op.family, (crashed, *unexamined), complete=False, target=located.target)
