import csv
import io

import pytest

from gradcheck.report.audit.class_table import render_class_csv
from tests.report.audit.example_audits import make_audit


@pytest.fixture(scope="module")
def table():
    """The rows as a parser reads them."""
    return list(csv.DictReader(io.StringIO(render_class_csv(make_audit()))))


def test_a_row_is_a_submission_and_a_column_a_function(table):
    assert list(table[0]) == ["student", "affine", "relu", "total", "out_of", "invalid"]
    assert len(table) == len(make_audit().submissions)


def test_points_are_numbers(table):
    assert {row["student"]: (row["affine"], row["relu"], row["total"], row["out_of"]) for row in table[2:]} == {
        "anna": ("1", "4", "5", "8"),
        "ben": ("1", "1", "2", "8"),
        "zoe": ("0", "0", "0", "8"),
    }


def test_what_could_not_be_run_says_why(table):
    assert [bool(row["invalid"]) for row in table] == [False, False, False, False, True]


def test_a_name_is_no_formula(table):
    assert table[1]["student"].startswith("'=cmd")


def test_a_function_may_have_any_name():
    audit = make_audit(functions=("total", "=f"), submissions=make_audit().submissions[2:3])
    headings, *_ = csv.reader(io.StringIO(render_class_csv(audit)))
    assert headings[:3] == ["student", "total", "'=f"]
