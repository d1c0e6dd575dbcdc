"""The results of ops that could not be checked to the end: the process ended, the time is over, no op could be made."""

from collections.abc import Sequence

from gradcheck.laws.registry import load_laws
from gradcheck.records.results import Finding, FindingKind, OpResult, Verdict
from gradcheck.records.status import Status
from gradcheck.records.subject import WHOLE_OP
from gradcheck.running.listed_op import ListedOp


def make_crash_result(laws: Sequence[str], listed: ListedOp, law: str, claim: str, hint: str = "") -> OpResult:
    """Make a result with one crashed finding, of this law; the other laws are inconclusive.

    claim: how the code ended.
    """
    finding = Finding(
        listed.name,
        law,
        WHOLE_OP,
        Status.CRASHED,
        claim,
        hint=hint,
        file=listed.file,
        line=listed.line,
        kind=FindingKind.RAISED,
    )
    verdicts = tuple(
        Verdict(listed.name, other, Status.CRASHED, findings=(finding,))
        if other == law
        else Verdict(listed.name, other, Status.INCONCLUSIVE, reason="the code under test crashed")
        for other in laws
    )
    return OpResult(listed.name, listed.family, verdicts, complete=False, target=listed.target)


def make_unexamined_result(laws: Sequence[str], listed: ListedOp, reason: str, complete: bool) -> OpResult:
    """Make the result of an op that no law could examine.  complete: False where the check was stopped."""
    verdicts = tuple(Verdict(listed.name, law, Status.INCONCLUSIVE, reason=reason) for law in laws)
    return OpResult(listed.name, listed.family, verdicts, complete=complete, target=listed.target)


def choose_crash_law(laws: Sequence[str]) -> str:
    """Choose the law whose finding a crash is: one without which an op counts as not checked, else the first."""
    known = load_laws()
    return next((law for law in laws if law in known and known[law].is_required), laws[0])
