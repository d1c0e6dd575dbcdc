import csv
import json
from dataclasses import replace

import pytest

from gradcheck.records.audit import Audit
from gradcheck.report.audit.file_names import name_student_file
from gradcheck.report.audit.gradebooks.registry import GRADEBOOKS, GradebookError
from gradcheck.report.audit.output_folder import write_class, write_submission
from gradcheck.report.audit.show import Show
from tests.report.audit.example_audits import HOSTILE, find_row, make_audit


def write_all(folder, audit, show=Show.COUNTEREXAMPLE):
    """Everything that an audit leaves."""
    for row in audit.submissions:
        write_submission(folder, replace(audit, submissions=()), row, show)
    write_class(folder, audit, show, GRADEBOOKS)


def read_all(folder):
    """The bytes of all files by path."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_pages_are_written_as_results_come(tmp_path):
    write_submission(tmp_path, make_audit(submissions=(), complete=False), find_row("anna"), Show.HINT)
    assert set(read_all(tmp_path)) == {"students/anna.md", "students/anna.html"}


def test_the_class_has_its_table_its_page_and_its_json(tmp_path):
    audit = make_audit()
    write_class(tmp_path, audit, Show.NONE)
    assert set(read_all(tmp_path)) == {"audit.json", "class.csv", "class.html"}
    assert Audit.from_json((tmp_path / "audit.json").read_text()).to_json() == audit.to_json()
    with (tmp_path / "class.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 5


def test_hostile_names_stay_within_the_folder(tmp_path):
    write_all(tmp_path / "out", make_audit())
    assert [file.name for file in tmp_path.iterdir()] == ["out"]
    assert f"students/{name_student_file(HOSTILE)}.html" in read_all(tmp_path / "out")


def test_an_audit_read_from_json_leaves_the_same_bytes(tmp_path):
    audit = make_audit()
    write_all(tmp_path / "a", audit)
    write_all(tmp_path / "b", Audit.from_json(audit.to_json()))
    assert read_all(tmp_path / "a") == read_all(tmp_path / "b")


@pytest.mark.parametrize("show", [Show.HINT, Show.NONE])
def test_no_file_for_students_tells_a_case(tmp_path, show):
    write_all(tmp_path, make_audit(), show)
    told = {path: text for path, text in read_all(tmp_path).items() if path not in ("audit.json", "class.html")}
    assert len(told) > 20
    for secret in (b"np.array", b"dy.sum", b"0.125", b"expected 1", b"cases tried", b"witness", b"counterexample"):
        assert [path for path, text in told.items() if secret in text] == []


def test_a_gradebook_that_does_not_exist_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(GradebookError, match="gradescope"):
        write_class(tmp_path, make_audit(), Show.NONE, ["gradescop"])
    assert read_all(tmp_path) == {}


def test_what_was_written_is_written_over(tmp_path):
    write_class(tmp_path, make_audit(complete=False), Show.NONE)
    write_class(tmp_path, make_audit(), Show.NONE)
    assert json.loads((tmp_path / "audit.json").read_text())["complete"] is True
    assert "INCOMPLETE" not in (tmp_path / "class.html").read_text()
