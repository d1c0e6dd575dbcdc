"""The first line of a report: does it hold?"""

from dataclasses import replace

from gradcheck.records.results import Verdict
from gradcheck.records.status import Status
from gradcheck.records.subject import Subject
from gradcheck.report.answer import compose_answer, compose_comparison_answer
from tests.report.example_runs import (
    ALIAS,
    BLIND,
    CRASHED,
    FINDING,
    GOOD,
    IMPRECISE,
    ROWS,
    WARNED,
    WRONG,
    make_result,
    make_run,
)


def answer(*results, **said):
    """The first line of the report on these results."""
    return compose_answer(make_run(*results, **said))


def test_the_answer_where_all_hold():
    assert answer(GOOD) == "1 op checked on 8 cases: it holds."
    assert answer(GOOD, replace(GOOD, op="cos")) == "2 ops checked on 16 cases: all hold."


def test_the_answer_names_what_fails_and_why():
    told = "2 of 3 ops fail: affine (gradient of b), concat (crashed)."
    assert answer(GOOD, WRONG, CRASHED) == told


def test_the_answer_does_not_call_a_doubt_a_pass():
    told = "3 ops checked on 24 cases: none fails; imprecise: tanh (gradient of b); inconclusive: relu (gradient)."
    assert answer(GOOD, IMPRECISE, BLIND) == told
    assert answer(WRONG, BLIND) == "1 of 2 ops fails: affine (gradient of b); inconclusive: relu (gradient)."


def test_what_holds_with_warnings_says_so():
    assert answer(WARNED) == "1 op checked on 8 cases: it holds, with warnings: shift (purity)."
    assert answer(GOOD, WARNED) == "2 ops checked on 16 cases: all hold, with warnings: shift (purity)."


def test_warnings_come_behind_failures_and_doubts():
    assert answer(WRONG, WARNED) == "1 of 2 ops fails: affine (gradient of b); warnings: shift (purity)."
    told = "2 ops checked on 16 cases: none fails; inconclusive: relu (gradient); warnings: shift (purity)."
    assert answer(BLIND, WARNED) == told


def test_an_op_in_doubt_is_named_among_the_warnings_too():
    both = make_result("relu", *BLIND.verdicts, Verdict("relu", "purity", Status.WARNING, 8, findings=(ALIAS,)))
    told = "1 op checked on 8 cases: none fails; inconclusive: relu (gradient); warnings: relu (purity)."
    assert answer(both) == told


def test_the_answer_says_that_a_run_is_incomplete():
    assert answer(GOOD, complete=False) == "1 op checked on 8 cases: it holds. The run is incomplete."
    assert answer(complete=False) == "No op was checked. The run is incomplete."


def test_the_answer_stays_short():
    many = [replace(WRONG, op=f"op{i}") for i in range(20)]
    assert answer(*many).endswith("op7 (gradient of b) and 12 more.")


def test_what_follows_from_another_finding_is_not_named_as_the_cause():
    root = replace(FINDING, law="value", subject=Subject.of_output("y"), follows="")
    both = make_result("affine", Verdict("affine", "value", Status.FAILED, 8, findings=(root, FINDING)))
    assert answer(both) == "1 of 1 op fails: affine (value of y)."


def test_a_comparison_answers_first():
    assert compose_comparison_answer(ROWS) == "Beside the baseline: 1 regressed."


def test_an_op_of_which_none_could_be_made_says_why():
    reason = "conv: forward(x, w) runs on none of the shapes tried"
    refused = make_result("conv", *(Verdict("conv", law, Status.INCONCLUSIVE, reason=reason) for law in "ab"), cases=0)
    assert "inconclusive: conv (forward(x, w) runs on none of the shapes tried)." in compose_answer(make_run(refused))


def test_the_answer_says_how_many_ops_an_interrupt_left():
    left = replace(make_run(GOOD), complete=False, unexamined=("a", "b"))
    assert compose_answer(left).endswith("The run is incomplete: 2 ops were not examined.")
