"""Files that commands read and write: what is refused, and in which words."""

import pytest

from gradcheck.cli.files import emit_report, read_run, require_writable, write_file
from gradcheck.records.results import Run, RunError
from gradcheck.running.session import UsageError


@pytest.mark.parametrize(
    ("name", "said"),
    [("", "it is a folder; name a file"), ("missing/run.json", "there is no folder .*missing; make it first")],
)
def test_where_nothing_can_be_written_that_is_said_beforehand(tmp_path, name, said):
    with pytest.raises(UsageError, match=f"cannot be written: {said}"):
        require_writable(tmp_path / name)


def test_a_new_file_and_no_file_are_fine(tmp_path):
    require_writable(None)
    require_writable(tmp_path / "run.json")
    assert not (tmp_path / "run.json").exists()


def test_a_file_that_cannot_be_written_after_all_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="cannot be written: Is a directory"):
        write_file("text", tmp_path)


def test_a_report_goes_to_its_file_or_to_stdout(tmp_path, capsys):
    emit_report("ärger\n", tmp_path / "report.md")
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == "ärger\n"
    assert capsys.readouterr().out == ""
    emit_report("ärger", None)
    assert capsys.readouterr().out == "ärger"


def test_a_run_is_read_back(tmp_path):
    run = Run((), 3, 8, ("a.py",), True, {})
    (tmp_path / "run.json").write_text(run.to_json(), encoding="utf-8")
    assert read_run(tmp_path / "run.json") == run


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read: No such file"), ("{", "JSON"), ("\udcff", "utf-8")]
)
def test_a_run_that_cannot_be_read_is_named(tmp_path, content, said):
    path = tmp_path / "run.json"
    if content is not None:
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(RunError, match=f"{path}: .*{said}"):
        read_run(path)
