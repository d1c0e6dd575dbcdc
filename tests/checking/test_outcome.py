"""What is made of a verdict: of one law by a test, of all of them by an exit code."""

from dataclasses import replace

import pytest

from gradcheck.checking.outcome import decide_outcome, describe_warnings
from gradcheck.cli.check_run import determine_exit_code
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, OpResult, Run, Verdict
from gradcheck.records.status import Status
from gradcheck.records.subject import WHOLE_OP


def verdict(status, law="value", examined=3):
    return Verdict("op", law, Status(status), examined)


def code(one, fail_on, strict):
    """What a run with this verdict alone exits with."""
    return determine_exit_code(Run((OpResult("op", "", (one,)),), 0, 1), fail_on, strict, regressed=False)


@pytest.mark.parametrize(
    ("status", "by_default", "under_strict"),
    [
        ("crashed", "failed", "failed"),
        ("failed", "failed", "failed"),
        ("imprecise", "passed", "passed"),
        ("disputed", "passed", "failed"),
        ("inconclusive", "skipped", "failed"),
        ("warning", "passed", "failed"),
        ("passed", "passed", "passed"),
        ("inapplicable", "skipped", "skipped"),
    ],
)
def test_a_status_becomes_an_outcome(status, by_default, under_strict):
    assert decide_outcome(verdict(status)) == by_default
    assert decide_outcome(verdict(status), strict=True) == under_strict


@pytest.mark.parametrize("status", ["imprecise", "warning"])
def test_a_status_fails_where_it_is_asked_to(status):
    assert decide_outcome(verdict(status), fail_on=status) == "failed"
    assert code(verdict(status), status, strict=False) == 1


def test_under_strict_a_warning_exits_1():
    assert [code(verdict("warning"), None, strict) for strict in (False, True)] == [0, 1]


def test_a_warning_beside_a_law_without_a_conclusion_does_not_excuse_it():
    one = Verdict("op", "gradient", Status.INCONCLUSIVE, findings=(finding("warning", Case("op", {}, (), {}, 0)),))
    assert decide_outcome(one) == "failed"
    assert code(one, None, strict=False) == 3


def test_each_warning_is_one_line_with_its_law_and_hint():
    known = replace(finding("warning", None), hint="Look.")
    one = Verdict("op", "gradient", Status.FAILED, 3, findings=(known, finding("failed", None)))
    assert list(describe_warnings(OpResult("op", "", (one,)))) == ["op: a claim (gradient): Look."]


@pytest.mark.parametrize("examined", [0, 1])
def test_a_required_law_without_a_conclusion_fails(examined):
    assert decide_outcome(verdict("inconclusive", "gradient", examined)) == "failed"
    assert decide_outcome(verdict("inconclusive", "value", examined)) == "skipped"


@pytest.mark.parametrize(("case", "outcome"), [(None, "failed"), (Case("op", {}, (), {}, 0), "passed")])
def test_beside_other_findings_it_fails_where_too_little_was_examined_and_not_for_one_case(case, outcome):
    doubts = (finding("imprecise", Case("op", {}, (), {}, 0)), finding("inconclusive", case))
    one = Verdict("op", "gradient", Status.IMPRECISE, 3, findings=doubts)
    assert decide_outcome(one) == outcome
    assert (code(one, None, strict=False) != 0) == (outcome == "failed")


def finding(status, case):
    return Finding("op", "gradient", WHOLE_OP, Status(status), "a claim", case=case)


@pytest.mark.parametrize("status", ["crashed", "failed", "imprecise", "disputed", "inconclusive", "warning", "passed"])
@pytest.mark.parametrize("law", ["value", "gradient"])
@pytest.mark.parametrize("examined", [0, 3])
@pytest.mark.parametrize("fail_on", [None, "imprecise", "warning"])
@pytest.mark.parametrize("strict", [False, True])
def test_a_test_fails_where_the_command_line_does(status, law, examined, fail_on, strict):
    one = verdict(status, law, examined)
    assert (decide_outcome(one, fail_on, strict) == "failed") == (code(one, fail_on, strict) != 0)
