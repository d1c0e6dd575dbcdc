from dataclasses import replace

import pytest

from gradcheck.records.audit import FunctionResult, FunctionState, Mark
from gradcheck.report.audit.gradebooks.graded_tests import GradedOutcome, judge_mark, list_tests
from gradcheck.report.audit.show import Show
from tests.report.audit.example_audits import HOSTILE, RIGHT, check_affine, find_row, make_audit


def list_outcomes(student):
    """The outcomes of a student's tests."""
    return {test.name: test.outcome for test in list_tests(make_audit(), find_row(student), Show.HINT)}


def test_a_test_is_a_law_of_a_function():
    assert list_outcomes("anna") == {
        "affine: contract": GradedOutcome.PASSED,
        "affine: gradient": GradedOutcome.FAILED,
        "relu: contract": GradedOutcome.PASSED,
        "relu: gradient": GradedOutcome.PASSED,
    }


def test_what_was_not_examined_is_skipped_and_what_ended_fails():
    assert list_outcomes(HOSTILE) == {
        "affine: contract": GradedOutcome.SKIPPED,
        "affine: gradient": GradedOutcome.SKIPPED,
        "relu: contract": GradedOutcome.FAILED,
        "relu: gradient": GradedOutcome.FAILED,
    }
    assert set(list_outcomes("zoe").values()) == {GradedOutcome.SKIPPED}


@pytest.mark.parametrize(
    ("mark", "outcome"),
    [
        (Mark("gradient", 1.0, 1.0, "passed"), GradedOutcome.PASSED),
        (Mark("gradient", 1.0, 1.0, "warning"), GradedOutcome.PASSED),
        (Mark("gradient", 0.0, 0.0, "failed"), GradedOutcome.FAILED),
        (Mark("gradient", 0.0, 1.0, "inconclusive"), GradedOutcome.FAILED),
        (Mark("gradient", 0.0, 1.0, ""), GradedOutcome.SKIPPED),
    ],
)
def test_a_mark_passes_with_all_its_points(mark, outcome):
    assert judge_mark(check_affine(), mark) is outcome


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (FunctionState.RIGHT, GradedOutcome.PASSED),
        (FunctionState.WRONG, GradedOutcome.FAILED),
        (FunctionState.ENDLESS, GradedOutcome.FAILED),
        (FunctionState.NOT_FOUND, GradedOutcome.SKIPPED),
    ],
)
def test_a_function_without_marks_is_one_test(state, outcome):
    row = replace(find_row("anna"), functions=(FunctionResult("affine", state), RIGHT))
    first = list_tests(make_audit(), row, Show.NONE)[0]
    assert (first.name, first.outcome) == ("affine", outcome)


def test_a_test_tells_what_its_law_found_as_far_as_it_is_shown():
    texts = [list_tests(make_audit(), find_row("ben"), show)[1].text for show in Show]
    assert "np.array" in texts[0]
    assert "an average is taken where the sum is right" in texts[1]
    assert texts[2] == "affine: wrong"
    assert list_tests(make_audit(), find_row("ben"), Show.NONE)[1].line == 0
