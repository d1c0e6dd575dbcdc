from dataclasses import replace

from gradcheck.records.audit import FunctionResult, FunctionState, Mark, SubmissionResult
from gradcheck.report.audit.html_pages import render_student_html
from gradcheck.report.audit.show import Show
from gradcheck.report.audit.student_markdown import render_student_markdown
from gradcheck.report.audit.student_page import build_student_page, describe_marks, tabulate_marks
from tests.report.audit.example_audits import CRASHED, HOSTILE, RIGHT, check_affine, find_row, make_audit


def build_page(student, show=Show.COUNTEREXAMPLE):
    """The page of a student of the class."""
    return build_student_page(make_audit(), find_row(student), show)


def test_points_come_first():
    assert build_page("anna").answer == "5 of 8 points: 1 right, 1 wrong."


def test_the_table_has_functions_and_laws():
    table = build_page("anna").table
    assert table.headings == ("function", "state", "points", "contract", "gradient")
    assert table.rows == (
        ("affine", "wrong", "1 / 4", "passed (1 / 1)", "failed (0 / 3)"),
        ("relu", "right", "4 / 4", "passed (1 / 1)", "passed (3 / 3)"),
    )


def test_laws_that_were_not_asked_are_told_from_those_that_were_not_examined():
    other = replace(RIGHT, marks=(Mark("value", 0.0, 2.0),))
    table = tabulate_marks((check_affine(), other))
    assert table.rows[1][3:] == ("–", "–", "not examined (0 / 2)")


def test_without_marks_the_verdicts_are_told():
    table = tabulate_marks((replace(check_affine(), marks=()), replace(CRASHED, marks=())))
    assert [row[3:] for row in table.rows] == [("passed", "failed"), ("–", "–")]


def test_marks_of_one_law_are_added_up():
    assert describe_marks([Mark("gradient", 1.0, 2.0, "failed"), Mark("gradient", 2.0, 2.0, "passed")]) == (
        "failed (3 / 4)"
    )


def test_right_functions_have_no_section():
    assert [section.name for section in build_page("anna").sections] == ["affine"]
    assert build_page("anna", Show.NONE).sections == ()


def test_what_could_not_be_run_says_why():
    page = build_page("zoe", Show.NONE)
    assert page.invalid.startswith("no file could be read")
    assert page.answer == "0 of 8 points: 2 cannot be loaded."


def test_notes_and_seed_are_told_as_far_as_they_are_shown():
    pages = [build_page(HOSTILE, show) for show in (Show.COUNTEREXAMPLE, Show.HINT, Show.NONE)]
    assert [bool(page.notes) for page in pages] == [True, True, False]
    assert [bool(page.basis) for page in pages] == [True, False, False]


def test_functions_that_were_not_run_have_a_line_each():
    rows = (
        FunctionResult("affine", FunctionState.NOT_FOUND, "no affine_forward was found"),
        FunctionResult("relu", FunctionState.UNFINISHED, "it returns zeros", file="layers.py", line=3),
    )
    header = make_audit()
    page = build_student_page(header, SubmissionResult("zoe", rows), Show.COUNTEREXAMPLE)
    assert (page.unrun, [one.name for one in page.sections]) == (("affine: no affine_forward was found",), ["relu"])
    assert "- affine: no affine" in render_student_markdown(page)
    assert "<h2>Not run</h2>" in render_student_html(page)
    assert build_student_page(header, SubmissionResult("zoe", rows), Show.NONE).unrun == ()


def test_why_nothing_could_be_run_is_said_once():
    rows = tuple(FunctionResult(name, FunctionState.UNLOADABLE, "it is a link") for name in ("affine", "relu"))
    page = build_student_page(make_audit(), SubmissionResult("zoe", rows, "it is a link"), Show.COUNTEREXAMPLE)
    assert (page.invalid, page.unrun, page.sections) == ("it is a link", (), ())
