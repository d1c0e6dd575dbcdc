import json

import pytest

from gradcheck.report.audit.file_names import name_student_file
from gradcheck.report.audit.gradebooks.classroom import CLASSROOM
from gradcheck.report.audit.show import Show
from tests.report.audit.example_audits import HOSTILE, RIGHT, find_row, make_audit

TEST_FIELDS = (
    *("name", "status", "message", "test_code", "task_id"),
    *("filename", "line_no", "duration", "score", "output"),
)


@pytest.fixture(scope="module")
def files():
    """The results of the class."""
    return {name: json.loads(text) for name, text in CLASSROOM.render(make_audit(), Show.HINT, "").items()}


def test_results_have_the_fields_that_the_reporter_reads(files):
    for result in files.values():
        assert list(result) == ["version", "status", "max_score", "tests"]
        assert result["max_score"] == 8
        assert all(tuple(test) == TEST_FIELDS for test in result["tests"])
        assert {test["status"] for test in result["tests"]} <= {"pass", "fail", "error"}


def test_the_status_is_that_of_the_worst_test(files):
    assert files["classroom/ben.json"]["status"] == "fail"
    assert files["classroom/zoe.json"]["status"] == "error"
    assert files[f"classroom/{name_student_file(HOSTILE)}.json"]["status"] == "error"


def test_what_is_right_passes():
    row = find_row("anna")
    audit = make_audit(functions=("relu",), submissions=(type(row)("anna", (RIGHT,)),))
    assert json.loads(CLASSROOM.render(audit, Show.NONE, "")["classroom.json"])["status"] == "pass"


def test_a_submission_without_tests_is_an_error():
    audit = make_audit(functions=(), submissions=(type(find_row("zoe"))("zoe", invalid="no"),))
    assert json.loads(CLASSROOM.render(audit, Show.NONE, "")["classroom.json"])["status"] == "error"


def test_a_failure_says_where_and_why(files):
    test = files["classroom/ben.json"]["tests"][1]
    assert (test["filename"], test["line_no"], test["score"]) == ("wrong_functions.py", 9, 0)
    assert "an average is taken" in test["message"]
