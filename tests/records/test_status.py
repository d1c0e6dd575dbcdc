"""Statuses, from the worst to the least."""

from gradcheck.records.status import FAILING_STATUSES, UNDECIDED_STATUSES, Status, worst_status


def test_the_worst_of_some_is_the_most_severe():
    assert worst_status([Status.PASSED, Status.IMPRECISE, Status.INAPPLICABLE]) is Status.IMPRECISE
    assert worst_status(Status) is Status.CRASHED
    assert worst_status([Status.PASSED, Status.WARNING]) is Status.WARNING
    assert worst_status([Status.WARNING, Status.INCONCLUSIVE]) is Status.INCONCLUSIVE
    assert worst_status([Status.INAPPLICABLE, Status.PASSED]) is Status.PASSED


def test_of_none_it_is_inconclusive_unless_said_otherwise():
    assert worst_status([]) is Status.INCONCLUSIVE
    assert worst_status([], Status.PASSED) is Status.PASSED


def test_each_status_fails_is_undecided_or_is_neither():
    assert not FAILING_STATUSES & set(UNDECIDED_STATUSES)
    assert set(Status) - FAILING_STATUSES - set(UNDECIDED_STATUSES) == {
        Status.WARNING,
        Status.PASSED,
        Status.INAPPLICABLE,
    }


def test_a_status_is_its_word():
    assert Status("failed") is Status.FAILED
    assert f"{Status.FAILED}" == "failed"
