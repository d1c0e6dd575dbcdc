"""An assignment knows its points, and the conventions that are right."""

from pathlib import Path

from gradcheck.audit.assignment import AskedFunction, Assignment, Points, Variant, list_assignments, list_lenient_laws
from gradcheck.laws.registry import load_laws

SQUARE = Variant("square_forward", "square_backward")
HALF = Variant("square_forward", "square_backward", name="half")


def test_points_add_up():
    rows = (AskedFunction("a", SQUARE), AskedFunction("b", SQUARE, points=Points(0, 0, 2.5)))
    assert (rows[0].points.total, rows[1].points.total) == (3, 2.5)
    assert Assignment("course", "Course", Path("answers.py"), rows).points == 5.5


def test_the_main_convention_comes_first():
    assert AskedFunction("square", SQUARE, (HALF,)).variants == (SQUARE, HALF)


def test_the_courses_that_are_known_are_listed():
    assert list_assignments() == ("coursera_dl", "cs231n_a1", "cs231n_a2", "cs231n_a3", "lecture_gates")


def test_a_law_that_costs_no_points_is_one_and_not_of_the_gradient():
    assert set(list_lenient_laws()) <= load_laws().keys() - {"contract", "value", "gradient", "linearity"}
