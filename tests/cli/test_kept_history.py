"""A history file beside a run: what its report shows, and what is appended."""

from dataclasses import replace

import pytest

from gradcheck.cli.kept_history import KeptHistory
from gradcheck.records.history import HistoryError
from gradcheck.records.history_file import read_history
from gradcheck.running.session import UsageError
from tests.report.example_runs import GOOD, WRONG, make_run


@pytest.mark.parametrize("name", ["runs.jsonl", "runs.sqlite"])
def test_a_run_is_the_last_of_what_is_shown_and_then_of_the_file(tmp_path, name):
    path = tmp_path / name
    for count, result in enumerate((GOOD, WRONG), 1):
        kept = KeptHistory.open(path)
        history = kept.extend(make_run(replace(result, corpus="c0ffee")), tmp_path)
        assert [*history.entries[-1].ops] == [result.label]
        assert len(history.entries) == len(kept.before.entries) + 1 == count
        kept.append_last(history)
        assert read_history(path) == history


def test_the_run_of_a_folder_outside_of_git_has_no_commit(tmp_path):
    entry = KeptHistory.open(tmp_path / "runs.jsonl").extend(make_run(GOOD), tmp_path).entries[-1]
    assert entry.commit == entry.branch == ""


def test_a_broken_record_stays_told(tmp_path):
    path = tmp_path / "runs.jsonl"
    kept = KeptHistory.open(path)
    kept.append_last(kept.extend(make_run(GOOD), tmp_path))
    path.write_text(path.read_text() + "{half\n")
    history = KeptHistory.open(path).extend(make_run(GOOD), tmp_path)
    assert len(history.entries) == 2
    assert len(history.broken) == 1


def test_what_nothing_can_be_appended_to_is_told_before_the_run(tmp_path):
    with pytest.raises(HistoryError, match=r"a history ends in \.jsonl"):
        KeptHistory.open(tmp_path / "runs.txt")
    with pytest.raises(UsageError, match="there is no folder"):
        KeptHistory.open(tmp_path / "none" / "runs.jsonl")
    (tmp_path / "other.jsonl").write_text("no record\n")
    with pytest.raises(HistoryError, match="this is no history"):
        KeptHistory.open(tmp_path / "other.jsonl")


def test_what_cannot_be_appended_is_told_after_it(tmp_path):
    kept = KeptHistory.open(tmp_path / "runs.jsonl")
    history = kept.extend(make_run(GOOD), tmp_path)
    (tmp_path / "runs.jsonl").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        kept.append_last(history)
