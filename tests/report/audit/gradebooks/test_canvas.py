import csv
import io
from dataclasses import replace

import pytest

from gradcheck.report.audit.gradebooks.canvas import CANVAS, POINTS_POSSIBLE, find_canvas_column
from gradcheck.report.audit.gradebooks.registry import GradebookError
from gradcheck.report.audit.show import Show
from tests.report.audit.example_audits import find_row, make_audit

EXPORT = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Homework 1 (77),Other (78)\n"
    "    Points Possible,,,,,8,10\n"
    '"Meyer, Anna",101,u1,anna,A,,9\n'
    '"Berg, Ben",102,u2,ben@x.org,"A ""1""",,\n'
    '"Eve",103,u3,eve,B,,3\n'
)


def fill(students, export=EXPORT, title="Homework 1"):
    """The table with the column of students who all handed in the same."""
    rows = tuple(replace(find_row("ben"), student=student) for student in students)
    text = CANVAS.render(make_audit(assignment=title, submissions=rows), Show.NONE, export)["canvas.csv"]
    return list(csv.reader(io.StringIO(text)))


def test_an_export_gets_one_column_and_stays_otherwise():
    before = list(csv.reader(io.StringIO(EXPORT.removeprefix("\ufeff"))))
    after = fill(["anna", "Berg, Ben"])
    assert [row[5] for row in after] == ["Homework 1 (77)", "8", "2", "2", ""]
    assert [row[:5] + row[6:] for row in after] == [row[:5] + row[6:] for row in before]


@pytest.mark.parametrize("student", ["101", "u1", "ANNA", "Meyer, Anna", "meyeranna_101_5544_layers.py"])
def test_a_student_is_found_by_what_canvas_calls_them(student):
    assert fill([student])[2][5] == "2"


def test_an_assignment_is_found_with_its_number():
    assert fill(["anna"], title="Homework 1 (77)")[2][5] == "2"


def test_the_only_assignment_of_an_export_is_the_one_that_is_meant():
    assert find_canvas_column("Gates", ["Student", "ID", "Homework 4 (77)", "Current Score"]) == 2
    with pytest.raises(GradebookError, match="leave the one in it that is meant"):
        find_canvas_column("Gates", ["Student", "ID", "Homework 4 (77)", "Homework 5 (78)"])


def test_short_rows_are_filled_up():
    assert fill(["eve"], "Student,ID,Homework 1 (77)\neve,1\n")[1] == ["eve", "1", "2"]


@pytest.mark.parametrize(
    ("students", "title", "told"),
    [
        (["nobody"], "Homework 1", "no row"),
        (["anna", "u1"], "Homework 1", "two submissions"),
        (["anna"], "Homework 2", "no column.*Other"),
    ],
)
def test_what_cannot_be_filled_is_refused(students, title, told):
    with pytest.raises(GradebookError, match=told):
        fill(students, title=title)


def test_two_rows_of_one_name_are_refused():
    with pytest.raises(GradebookError, match="several rows"):
        fill(["anna"], "Student,ID,Homework 1\nanna,1,\nanna,2,\n")


def test_without_an_export_there_is_a_table_of_one_assignment():
    headings, possible, ben = fill(["ben"], "")
    assert headings == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Homework 1"]
    assert possible == [POINTS_POSSIBLE, "", "", "", "", "8"]
    assert ben == ["ben", "", "", "ben", "", "2"]
