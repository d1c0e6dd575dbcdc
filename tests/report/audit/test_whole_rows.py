from dataclasses import replace

from gradcheck.records.audit import FunctionResult, FunctionState, Mark, SubmissionResult
from gradcheck.report.audit.whole_rows import NOT_EXAMINED, fill_row
from tests.report.audit.example_audits import find_row, make_audit


def test_a_submission_that_could_not_be_run_lacks_the_points_of_all_functions():
    row = fill_row(make_audit(), find_row("zoe"))
    assert [(f.name, f.state) for f in row.functions] == [(n, FunctionState.UNLOADABLE) for n in ("affine", "relu")]
    assert (row.points, row.out_of) == (0.0, 8.0)
    assert row.functions[0].reason == row.invalid


def test_a_function_that_was_left_out_was_not_examined():
    anna = find_row("anna")
    row = fill_row(make_audit(), replace(anna, functions=anna.functions[1:]))
    assert row.functions[0].state is FunctionState.UNJUDGED
    assert row.functions[0].reason == NOT_EXAMINED
    assert row.functions[0].marks == (Mark("contract", 0.0, 1.0), Mark("gradient", 0.0, 3.0))


def test_a_whole_row_stays_and_functions_come_in_the_order_of_the_assignment():
    audit, anna = make_audit(), find_row("anna")
    assert fill_row(audit, anna) == anna
    assert fill_row(audit, replace(anna, functions=anna.functions[::-1])) == anna


def test_a_function_that_nobody_asked_for_stays_behind_the_others():
    extra = SubmissionResult("eve", (FunctionResult("bonus", FunctionState.RIGHT),))
    assert [f.name for f in fill_row(make_audit(), extra).functions] == ["affine", "relu", "bonus"]


def test_without_other_rows_nothing_is_known_of_the_points():
    assert fill_row(make_audit(submissions=()), find_row("zoe")).out_of == 0.0
