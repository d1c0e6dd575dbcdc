import json

import pytest

from gradcheck.report.audit.file_names import name_student_file
from gradcheck.report.audit.gradebooks.gradescope import GRADESCOPE
from gradcheck.report.audit.show import Show
from tests.report.audit.example_audits import HOSTILE, find_row, make_audit

FIELDS = {"score", "output", "output_format", "test_output_format", "test_name_format", "visibility"}
TEST_FIELDS = {"score", "max_score", "status", "name", "number", "output", "visibility"}


@pytest.fixture(scope="module")
def files():
    """The results of the class."""
    return GRADESCOPE.render(make_audit(), Show.COUNTEREXAMPLE, "")


def test_each_submission_has_its_results(files):
    names = [name_student_file(row.student) for row in make_audit().submissions]
    assert list(files) == [f"gradescope/{name}.json" for name in names]


def test_the_only_submission_has_the_name_that_gradescope_reads():
    assert set(GRADESCOPE.render(make_audit(submissions=(find_row("anna"),)), Show.NONE, "")) == {"results.json"}


def test_results_have_the_fields_of_the_specification(files):
    for text in files.values():
        results = json.loads(text)
        assert set(results) == FIELDS | {"stdout_visibility", "tests"}
        assert results["output_format"] == "text"
        assert all(set(test) == TEST_FIELDS for test in results["tests"])
        assert {test["status"] for test in results["tests"]} <= {"passed", "failed"}
        assert results["score"] == sum(test["score"] for test in results["tests"])


def test_points_stand_by_law(files):
    tests = json.loads(files["gradescope/ben.json"])["tests"]
    assert [(test["name"], test["score"], test["max_score"]) for test in tests] == [
        ("affine: contract", 1, 1),
        ("affine: gradient", 0, 3),
        ("relu: contract", 1, 1),
        ("relu: gradient", 0, 3),
    ]


def test_what_could_not_be_run_has_no_points_and_says_why(files):
    results = json.loads(files["gradescope/zoe.json"])
    assert results["score"] == 0
    assert "no file could be read" in results["output"]
    assert sum(test["max_score"] for test in results["tests"]) == 8


def test_hostile_text_has_no_escape_sequence(files):
    results = json.loads(files[f"gradescope/{name_student_file(HOSTILE)}.json"])
    assert all(line.isprintable() for test in results["tests"] for line in test["output"].split("\n"))
