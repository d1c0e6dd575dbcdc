"""The state and the points of a function, from the findings of its check."""

import pytest

from gradcheck.audit.assignment import Points
from gradcheck.audit.marking import concerns_value, decide_state, mark_function
from gradcheck.records.audit import FunctionState
from gradcheck.records.results import Finding, OpResult, Verdict
from gradcheck.records.status import Status
from gradcheck.records.subject import Part, Subject

VALUE, GRADIENT = Subject.of_output("y"), Subject.of_input("x")
FORWARD, BACKWARD = Subject.of_function(Part.FORWARD), Subject.of_function(Part.BACKWARD)


def make_result(*rows):
    """What a check found, of rows (law, status, subject), no subject where the law holds."""
    verdicts = tuple(
        Verdict("f", law, status, findings=tuple(Finding("f", law, one, status, "wrong") for one in subjects))
        for law, status, *subjects in rows
    )
    return OpResult("f", "", verdicts)


def points(result, given=None, warn=("purity", "kinks", "layout", "extremes")):
    """The points by part, and the state."""
    state = decide_state(result, warn)
    return {mark.law: mark.points for mark in mark_function(state, given or Points(), result, warn)}, state


@pytest.mark.parametrize(
    ("subject", "value", "gradient"), [(VALUE, 0, 2), (GRADIENT, 1, 0), (BACKWARD, 1, 0), (FORWARD, 0, 0)]
)
def test_a_finding_costs_the_points_of_what_it_is_about(subject, value, gradient):
    result = make_result(("gradient", Status.FAILED, subject))
    assert points(result) == ({"value": value, "gradient": gradient}, FunctionState.WRONG)
    assert concerns_value(result.findings[0]) is (value == 0)


def test_a_number_for_both_is_had_where_both_are_right():
    assert points(make_result(("value", Status.PASSED)), Points(0, 0, 4))[0] == {"value and gradient": 4}
    assert points(make_result(("value", Status.FAILED, VALUE)), Points(0, 0, 4))[0] == {"value and gradient": 0}


def test_a_law_that_warns_costs_nothing():
    found = points(make_result(("gradient", Status.PASSED), ("purity", Status.FAILED, GRADIENT)))
    assert found == ({"value": 1, "gradient": 2}, FunctionState.WARNED)
    assert points(make_result(("purity", Status.FAILED, GRADIENT)), warn=())[1] is FunctionState.WRONG


def test_lost_digits_cost_nothing():
    lost = make_result(("value", Status.PASSED), ("gradient", Status.IMPRECISE, GRADIENT))
    assert points(lost) == ({"value": 1, "gradient": 2}, FunctionState.WARNED)
    both = make_result(("value", Status.DISPUTED, VALUE), ("gradient", Status.IMPRECISE, GRADIENT))
    assert points(both)[1] is FunctionState.UNJUDGED


def test_what_no_law_could_judge_has_no_points():
    found = points(make_result(("value", Status.PASSED), ("gradient", Status.INCONCLUSIVE)))
    assert found == ({"value": 0, "gradient": 0}, FunctionState.UNJUDGED)


def test_a_law_that_warns_alone_leaves_nothing_open():
    assert points(make_result(("gradient", Status.PASSED), ("extremes", Status.INCONCLUSIVE)))[1].is_right


@pytest.mark.parametrize("state", [state for state in FunctionState if not state.is_right])
def test_no_points_without_a_check(state):
    marks = mark_function(state, Points(), None, ()) if state is not FunctionState.WRONG else ()
    assert sum(mark.points for mark in marks) == 0
    assert {mark.status for mark in marks} <= {str(state)}


def test_parts_without_points_have_no_mark():
    assert mark_function(FunctionState.RIGHT, Points(0, 0, 0), None, ()) == ()
