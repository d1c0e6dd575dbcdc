from dataclasses import replace
from urllib.parse import unquote

import pytest

from gradcheck.records.audit import FunctionState
from gradcheck.report.audit.answer import UNSAFE
from gradcheck.report.audit.class_page import STATE_LETTERS, build_class_page, make_link, make_tone
from gradcheck.report.audit.file_names import name_student_file
from tests.report.audit.example_audits import FORMULA, HOSTILE, check_affine, find_row, make_audit


@pytest.fixture(scope="module")
def page():
    """The page of the class."""
    return build_class_page(make_audit())


def test_each_state_has_a_letter_of_its_own():
    assert set(STATE_LETTERS) == set(FunctionState)
    assert len(set(STATE_LETTERS.values())) == len(FunctionState)


def test_colours_tell_right_and_wrong_from_what_was_not_judged():
    tones = {
        tone: {state for state in FunctionState if make_tone(state) == tone} for tone in ("right", "wrong", "open")
    }
    assert tones["right"] == {FunctionState.RIGHT}
    assert tones["wrong"] == {FunctionState.WRONG, FunctionState.CRASHED, FunctionState.ENDLESS}
    assert FunctionState.UNFINISHED in tones["open"]


def test_the_matrix_has_a_cell_for_each_submission_and_function(page):
    assert [[cell.letter for cell in row.cells] for row in page.rows] == [
        ["U", "C"],
        ["W", "R!"],
        ["W", "R"],
        ["W", "W"],
        ["L", "L"],
    ]
    assert [row.points for row in page.rows] == ["0 / 8", "5 / 8", "5 / 8", "2 / 8", "0 / 8"]
    assert page.right == ("0", "2")


def test_a_cell_is_said_in_words(page):
    assert page.rows[2].cells[0].words == "affine: wrong, 1 of 4 points"


def test_the_commonest_mistake_comes_first_with_who_made_it(page):
    first, second = page.mistakes
    assert (first.function, [one.student for one in first.students]) == ("affine", [FORMULA, "anna", "ben"])
    assert second.function == "relu"
    assert "tried" not in first.words


def test_equal_answers_stand_side_by_side_with_what_else_is_wrong(page):
    (group,) = page.equal_answers
    assert [one.student for one in group.students] == [FORMULA, "anna", "ben"]
    assert [(one.function, one.others) for one in group.functions] == [("affine", 0)]


def test_other_wrong_answers_are_counted():
    row = replace(find_row("ben"), student="eve", functions=(replace(check_affine(), answers="c3"),))
    page = build_class_page(make_audit(submissions=(*make_audit().submissions, row)))
    assert [one.others for group in page.equal_answers for one in group.functions] == [1]


def test_groups_with_more_equal_functions_come_first():
    anna, ben = find_row("anna"), find_row("ben")
    pair = tuple(replace(anna, student=name, functions=(replace(check_affine(), answers="z"),)) for name in ("x", "y"))
    twins = tuple(replace(ben, student=name) for name in ("p", "q"))
    groups = build_class_page(make_audit(submissions=(*pair, *twins))).equal_answers
    assert [[one.student for one in group.students] for group in groups] == [["p", "q"], ["x", "y"]]


def test_a_link_leads_to_the_page_of_the_student():
    assert unquote(make_link(HOSTILE).address) == f"students/{name_student_file(HOSTILE)}.html"
    assert ":" not in make_link("javascript:alert(1)").address


def test_warnings_and_notes_are_there(page):
    assert build_class_page(make_audit(isolation={"unsafe": True})).warnings == (UNSAFE,)
    assert len(page.notes) == 2
    assert page.notes[1].startswith("zoe: could not be run: ")


def test_a_class_of_nobody_has_a_page():
    page = build_class_page(make_audit(submissions=()))
    assert (page.rows, page.mistakes, page.equal_answers) == ((), (), ())
