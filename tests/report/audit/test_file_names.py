import unicodedata

import pytest

from gradcheck.report.audit.file_names import name_student_file
from tests.report.audit.example_audits import FORMULA, HOSTILE

ODD = (
    *(
        HOSTILE,
        FORMULA,
        "",
        ".",
        "..",
        "../anna",
        "a/b",
        "a\\b",
        ".hidden",
        "_",
        "con",
        "NUL.py",
        "anna.",
        "anna ",
        " anna",
    ),
    *("a" * 400, "a" * 399 + "b", "-rf", "a\x00b", "a\nb", "anna ", "Anna", "ANNA", "żółć\ud800", "名前" * 200),
)


@pytest.mark.parametrize("student", ["anna", "anna meyer", "hw1-ben.py", "zoë", "meyer_anna_123", "7"])
def test_a_plain_name_stays(student):
    assert name_student_file(student) == student


@pytest.mark.parametrize("student", ODD, ids=ascii)
def test_an_odd_name_is_that_of_a_file_in_its_folder(student, tmp_path):
    name = name_student_file(student)
    path = tmp_path / f"{name}.html"
    path.write_text("page")
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert not name.startswith((".", "-", "_", " "))
    assert name.isprintable()


def test_different_students_have_different_files_also_where_capitals_do_not_count():
    students = {*ODD, "anna", "zoë", unicodedata.normalize("NFD", "zoë"), "a-b", "Zoë"}
    names = {unicodedata.normalize("NFD", name_student_file(student)).casefold() for student in students}
    assert len(names) == len(students)
