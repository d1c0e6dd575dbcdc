"""The task of a process: one submission, read there and answered as JSON."""

import json
import zipfile

import pytest

from gradcheck.audit.audit_task import SPARE_SECONDS, AuditTask, find_class, open_auditor
from gradcheck.audit.remote_session import WAITING
from gradcheck.records.audit import FunctionState, SubmissionResult
from tests.audit.class_files import SIGMOID, write_submissions


def make_task(path, settings, student="anna"):
    return AuditTask(str(path), None, student, settings, 3)


def test_its_time_is_that_of_its_functions_and_a_start(class_settings):
    assert make_task(".", class_settings).timeout == SPARE_SECONDS + 3 * WAITING * class_settings.seconds


@pytest.mark.slow
def test_it_answers_with_a_row_as_json(auditor, class_settings, tmp_path):
    write_submissions(tmp_path, anna=SIGMOID, ben="")
    answer = json.loads(json.dumps(make_task(tmp_path, class_settings).audit()))
    row = SubmissionResult.read(answer)
    assert (row.student, [f.state for f in row.functions]) == (
        "anna",
        [FunctionState.NOT_FOUND, FunctionState.RIGHT, FunctionState.SKIPPED],
    )


def test_a_process_opens_one_auditor(auditor, class_settings):
    assert open_auditor(class_settings) is auditor


def test_an_archive_is_listed_once_as_long_as_it_is_the_same(tmp_path):
    path = tmp_path / "class.zip"

    def write(*students):
        with zipfile.ZipFile(path, "w") as archive:
            for student in students:
                archive.writestr(f"{student}/layers.py", "x = 1\n")

    write("anna")
    found = find_class(str(path), None)
    assert (found.names, find_class(str(path), None) is found) == (("anna",), True)
    write("anna", "ben")
    assert find_class(str(path), None).names == ("anna", "ben")
