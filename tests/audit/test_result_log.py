"""The log of results: by all that a result depends on, whole lines alone."""

from dataclasses import replace

import pytest

from gradcheck.audit.audit_settings import AuditSettings
from gradcheck.audit.result_log import LOG_NAME, append_result, digest_settings, digest_task, read_results
from gradcheck.audit.submission import Submission
from gradcheck.records.audit import FunctionResult, FunctionState, SubmissionResult
from tests.audit.class_files import HOSTILE_NAME, write_class_assignment

ROW = SubmissionResult(HOSTILE_NAME, (FunctionResult("affine", FunctionState.ENDLESS, "no answer"),), notes=("late",))
ANNA = Submission("anna", {"a.py": b"x = 1"})


@pytest.fixture
def settings(tmp_path):
    return AuditSettings(str(write_class_assignment(tmp_path / "homework")))


def test_what_is_written_is_read(tmp_path):
    append_result(tmp_path, "k", ROW)
    append_result(tmp_path, "l", replace(ROW, student="ben"))
    assert read_results(tmp_path) == {"k": ROW, "l": replace(ROW, student="ben")}


def test_without_a_log_nothing_is_known(tmp_path):
    assert read_results(tmp_path) == {}


@pytest.mark.parametrize("rest", ['{"key": "m", "result": {"stu', "[]", '{"key": "m"}', "null"])
def test_a_line_that_is_none_is_left_out(tmp_path, rest):
    append_result(tmp_path, "k", ROW)
    with (tmp_path / LOG_NAME).open("a") as file:
        file.write(rest)
    assert list(read_results(tmp_path)) == ["k"]


@pytest.mark.parametrize(
    "other",
    [
        replace(ANNA, files={"a.py": b"x = 2"}),
        replace(ANNA, files={"b.py": b"x = 1"}),
        replace(ANNA, files={**ANNA.files, "b.py": b""}),
        replace(ANNA, invalid="it is a link"),
    ],
)
def test_another_submission_is_another_task(other):
    assert digest_task(other, "k") != digest_task(ANNA, "k")


def test_the_same_submission_is_the_same_task():
    assert digest_task(replace(ANNA, files=dict(ANNA.files)), "k") == digest_task(ANNA, "k") != digest_task(ANNA, "l")


@pytest.mark.parametrize("change", [{"seed": 1}, {"examples": 7}, {"seconds": 1.0}, {"unsafe": True}])
def test_other_settings_are_another_task(settings, change):
    assert digest_settings(replace(settings, **change)) != digest_settings(settings)


@pytest.mark.parametrize("name", ["answers.py", "homework.toml"])
def test_another_assignment_is_another_task(settings, tmp_path, name):
    before = digest_settings(settings)
    path = tmp_path / "homework" / name
    path.write_text(path.read_text().replace("points = 4", "points = 5") + "\n# changed\n")
    assert digest_settings(settings) != before
