import csv
import io

import pytest

from gradcheck.report.audit.gradebooks.nbgrader import NBGRADER, NBGRADER_COLUMNS
from gradcheck.report.audit.show import Show
from tests.report.audit.example_audits import TITLE, make_audit


@pytest.fixture(scope="module")
def rows():
    """The rows as a parser reads them."""
    return list(csv.DictReader(io.StringIO(NBGRADER.render(make_audit(), Show.NONE, "")["nbgrader.csv"])))


def test_the_columns_are_those_of_nbgrader(rows):
    assert tuple(rows[0]) == NBGRADER_COLUMNS
    assert len(NBGRADER_COLUMNS) == 11


def test_a_row_is_a_submission(rows):
    (row,) = [row for row in rows if row["student_id"] == "ben"]
    assert (row["assignment"], row["raw_score"], row["late_submission_penalty"], row["score"], row["max_score"]) == (
        *(TITLE, "2", "0", "2", "8"),
    )


def test_a_name_is_no_formula(rows):
    assert not any(value.startswith("=") for row in rows for value in row.values())
