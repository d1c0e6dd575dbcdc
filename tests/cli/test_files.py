"""Files that commands read and write: what is refused, and in which words."""

import pytest

from gradcheck.cli.files import (
    choose_saved_place,
    emit_report,
    read_run,
    require_writable,
    save_run,
    tell_saved_place,
    write_each,
    write_file,
)
from gradcheck.records.results import Run, RunError
from gradcheck.running.session import UsageError
from tests.report.example_runs import GOOD, WRONG, make_run


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


def test_a_report_that_its_file_does_not_take_goes_to_stdout(tmp_path, capsys):
    with pytest.raises(UsageError, match="cannot be written"):
        emit_report("all hold", tmp_path)
    assert capsys.readouterr().out == "all hold"


def test_what_fails_keeps_nothing_else_from_being_written():
    written = []

    def fail():
        raise UsageError("a: no")

    with pytest.raises(UsageError, match=r"^a: no; a: no$"):
        write_each([fail, lambda: written.append(1), fail, lambda: written.append(2)])
    assert written == [1, 2]


def test_a_pipe_that_nobody_reads_keeps_nothing_else_from_being_written():
    written = []

    def close():
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        write_each([close, lambda: written.append(1)])
    assert written == [1]


WHOLE = make_run(GOOD, WRONG, targets=("a.py", "b.py"))


@pytest.mark.parametrize(
    ("run", "asked", "kept"),
    [
        (WHOLE, {}, ""),
        (make_run(GOOD, targets=WHOLE.targets), {}, ""),
        (
            make_run(GOOD, targets=WHOLE.targets),
            {"partial": "only some ops"},
            "only some ops; it lacks affine, contract",
        ),
        (make_run(WRONG, targets=WHOLE.targets), {"partial": "only some ops"}, "only some ops; it lacks sin"),
        (WHOLE, {"partial": "only some ops"}, ""),
        (make_run(GOOD, targets=("a.py",)), {"targets": ("a.py",)}, "other targets were asked for; it lacks b.py"),
        (make_run(GOOD, targets=("c.py",)), {"targets": ("c.py",)}, ""),
        (make_run(GOOD, WRONG, targets=WHOLE.targets, complete=False), {}, "not all was checked to the end"),
    ],
)
def test_a_run_takes_the_place_of_another_unless_it_lacks_what_that_has(tmp_path, run, asked, kept):
    path = tmp_path / "run.json"
    path.write_text(WHOLE.to_json())
    place = choose_saved_place(run, path, **{"partial": "", **asked})
    assert place.kept == kept
    assert place.path.name == ("run.partial.json" if kept else "run.json")


@pytest.mark.parametrize("content", [None, ""])
def test_a_partial_run_takes_a_place_that_is_free(tmp_path, content):
    path = tmp_path / "run.json"
    if content is not None:
        path.write_text(content)
    assert choose_saved_place(make_run(GOOD, complete=False), path, "only some ops").path == path


def test_a_partial_run_does_not_replace_a_file_that_cannot_be_read(tmp_path, capsys):
    path = tmp_path / "run.json"
    path.write_text("an older baseline")
    place = save_run(WHOLE, path, "only some ops")
    tell_saved_place(place, path)
    assert path.read_text() == "an older baseline"
    assert read_run(tmp_path / "run.partial.json").to_json() == WHOLE.to_json()
    assert "the earlier run is kept" in capsys.readouterr().err
    assert save_run(WHOLE, path, "").path == path
    assert read_run(path).to_json() == WHOLE.to_json()


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
