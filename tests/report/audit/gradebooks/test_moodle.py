import csv
import io
from dataclasses import replace

from gradcheck.report.audit.gradebooks.moodle import MOODLE
from gradcheck.report.audit.show import Show
from tests.report.audit.example_audits import find_row, make_audit


def read_rows(*students):
    """The rows of students who all handed in the same."""
    rows = tuple(replace(find_row("ben"), student=student) for student in students)
    return list(csv.DictReader(io.StringIO(MOODLE.render(make_audit(submissions=rows), Show.NONE, "")["moodle.csv"])))


def test_a_row_has_grade_and_feedback():
    (row,) = read_rows("ben")
    assert (row["Identifier"], row["Grade"], row["Maximum Grade"]) == ("ben", "2", "8")
    assert row["Feedback comments"] == "2 wrong; affine: wrong; relu: wrong"


def test_a_folder_of_a_download_names_the_participant():
    (row,) = read_rows("Anna Meyer_1234567_assignsubmission_file_")
    assert (row["Identifier"], row["Full name"]) == ("Participant 1234567", "Anna Meyer")


def test_what_could_not_be_run_says_so():
    text = MOODLE.render(make_audit(), Show.NONE, "")["moodle.csv"]
    assert "nothing could be run: no file could be read" in text


def test_a_name_is_no_formula():
    (row,) = read_rows("=1+1_1234567_assignsubmission_file_")
    assert row["Full name"] == "'=1+1"
