"""An auditor: every function that is asked for has its result, whatever the submission is."""

from dataclasses import replace

import pytest

from gradcheck.audit.audit_settings import AuditSettings
from gradcheck.audit.auditor import Auditor, make_result_before
from gradcheck.audit.submission import Submission
from gradcheck.records.audit import FunctionResult, FunctionState
from gradcheck.sandbox import IsolationMissing
from tests.audit.class_files import AFFINE, HOSTILE_NAME, RIGHT, SIGMOID, TWICE, audit_one, make_submission

pytestmark = pytest.mark.slow


def states(row):
    return [function.state for function in row.functions]


def test_a_right_submission_has_all_points(auditor):
    row = auditor.audit_submission(make_submission(RIGHT))
    assert states(row) == [FunctionState.RIGHT] * 3
    assert (row.points, row.out_of) == (10, 10)


def test_what_needs_a_missing_function_is_skipped_and_says_which(auditor):
    row = auditor.audit_submission(make_submission(SIGMOID + TWICE))
    assert states(row) == [FunctionState.NOT_FOUND, FunctionState.RIGHT, FunctionState.SKIPPED]
    assert row.functions[2].reason == "it needs affine (not found)"


def test_all_that_is_missing_is_named(auditor):
    unfinished = SIGMOID.replace("return dout * cache * (1 - cache)", "pass")
    row = auditor.audit_submission(make_submission(unfinished + TWICE))
    assert row.functions[2].reason == "it needs affine (not found), sigmoid (unfinished)"


def test_a_name_is_kept_whatever_it_is(auditor):
    assert auditor.audit_submission(make_submission(SIGMOID, HOSTILE_NAME)).student == HOSTILE_NAME


def test_a_submission_that_is_refused_has_a_row_with_the_reason(auditor):
    row = auditor.audit_submission(Submission("anna", invalid="it is a link"))
    assert (row.invalid, row.points, row.out_of) == ("it is a link", 0, 10)
    assert states(row) == [FunctionState.UNLOADABLE] * 3


def test_a_file_that_is_no_python_cannot_be_loaded(auditor):
    row = auditor.audit_submission(make_submission("def affine_forward(x:\n"))
    assert row.points == 0
    assert not any(state.is_judged for state in states(row))


def test_files_that_were_ignored_are_counted(auditor):
    row = auditor.audit_submission(replace(make_submission(AFFINE[:0]), ignored_count=3))
    assert row.notes == ("3 other files were ignored",)


def test_after_two_functions_that_never_load_no_other_is_tried(auditor):
    asked_for = auditor.plan.assignment.functions
    endless = {name: FunctionResult(name, FunctionState.ENDLESS, "it did not answer in time") for name in "ab"}
    assert make_result_before(asked_for[0], {"a": endless["a"]}) is None
    called = replace(endless["b"], file="layers.py", line=3)
    assert make_result_before(asked_for[0], {"a": endless["a"], "b": called}) is None
    left = make_result_before(asked_for[0], endless)
    assert (left.state, left.points) == (FunctionState.ENDLESS, 0)
    assert left.reason == "not tried, since a was endless: it did not answer in time"


def test_one_submission_leaves_nothing_for_the_next(auditor):
    audit_one(auditor, "twice", TWICE.replace("    return x", "    np.exp, np.dot = abs, None\n    return x"))
    assert audit_one(auditor, "sigmoid", SIGMOID).state is FunctionState.RIGHT


def test_isolation_that_cannot_be_had_is_refused(class_settings, monkeypatch):
    monkeypatch.setattr("sys.platform", "plan9")
    with pytest.raises(IsolationMissing, match="Linux"):
        Auditor.open(class_settings)


def test_model_answers_that_raise_are_refused(tmp_path):
    (tmp_path / "solution.py").write_text("1 / 0")
    with pytest.raises(ValueError, match="ZeroDivisionError"):
        Auditor.open(AuditSettings(solution=str(tmp_path / "solution.py")))
