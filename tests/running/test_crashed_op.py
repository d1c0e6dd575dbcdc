"""The results of ops that could not be checked to the end."""

from gradcheck.records.status import Status
from gradcheck.running.crashed_op import choose_crash_law, make_crash_result, make_unexamined_result
from gradcheck.running.listed_op import ListedOp

LISTED = ListedOp("dying", "a.py", "a.py", "a", "a.py", 7)


def test_one_law_has_the_finding_and_the_others_nothing():
    result = make_crash_result(("contract", "value"), LISTED, "contract", "it died", "A hint.")
    first, second = result.verdicts
    (finding,) = first.findings
    assert (first.law, first.status) == ("contract", Status.CRASHED)
    assert (finding.claim, finding.hint, finding.file, finding.line) == ("it died", "A hint.", "a.py", 7)
    assert (second.status, second.reason) == (Status.INCONCLUSIVE, "the code under test crashed")
    assert (result.target, result.complete, result.status) == ("a.py", False, Status.CRASHED)


def test_the_crash_is_a_finding_of_a_law_without_which_an_op_is_not_checked():
    assert choose_crash_law(("contract", "gradient", "kinks")) == "gradient"
    assert choose_crash_law(("purity", "kinks")) == "purity"


def test_what_could_not_be_examined_has_the_reason_at_every_law():
    result = make_unexamined_result(("contract", "value"), LISTED, "no shapes", complete=True)
    assert [(v.status, v.reason) for v in result.verdicts] == [(Status.INCONCLUSIVE, "no shapes")] * 2
    assert (result.op, result.family, result.complete) == ("dying", "a", True)
