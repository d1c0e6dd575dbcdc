"""A history is appended to: by several processes at once, on a full disk, and behind what an interrupt left."""

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from gradcheck.records.history import HistoryEntry, HistoryError
from gradcheck.records.history_file import append_to_history, read_history, read_history_so_far

ENTRY = HistoryEntry("2026-11-30T12:00:00Z", "abc", "main", {"numpy": "2.4.6"})
FILES = pytest.mark.parametrize("name", ["runs.jsonl", "runs.sqlite", "runs.db"])


def entry(number):
    return replace(ENTRY, commit=str(number))


@FILES
def test_records_are_read_in_the_order_in_which_they_came(tmp_path, name):
    for number in range(3):
        read_history_so_far(tmp_path / name)
        append_to_history(entry(number), tmp_path / name)
    assert read_history(tmp_path / name).entries == tuple(map(entry, range(3)))


APPEND = """
import sys
from pathlib import Path
from gradcheck.records.history import HistoryEntry
from gradcheck.records.history_file import append_to_history
for number in range(100):
    append_to_history(HistoryEntry("", f"{sys.argv[2]}-{number}", "x" * 5000), Path(sys.argv[1]))
"""


@pytest.mark.slow
@FILES
def test_processes_that_append_at_once_lose_nothing(tmp_path, name):
    processes = [subprocess.Popen([sys.executable, "-c", APPEND, tmp_path / name, str(who)]) for who in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    history = read_history(tmp_path / name)
    assert history.broken == ()
    assert {e.commit for e in history.entries} == {f"{who}-{number}" for who in range(3) for number in range(100)}
    assert len(history.entries) == 300


def test_what_an_interrupt_left_is_told_and_the_next_record_stands_alone(tmp_path):
    path = tmp_path / "runs.jsonl"
    append_to_history(entry(0), path)
    with path.open("a") as file:
        file.write(entry(1).to_line()[:40])
    assert [len(read_history(path).entries), len(read_history(path).broken)] == [1, 1]
    append_to_history(entry(2), path)
    history = read_history(path)
    assert history.entries == (entry(0), entry(2))
    assert history.broken[0].startswith("record 2 is left out: it cannot be read")


FULL = """
import resource, sys
from pathlib import Path
from gradcheck.records.history import HistoryEntry, HistoryError
from gradcheck.records.history_file import append_to_history
path = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, path.stat().st_size + 100))
try:
    append_to_history(HistoryEntry("", "", "x" * 5000), path)
except HistoryError as error:
    print(error)
"""


def test_a_record_that_does_not_fit_on_the_disk_leaves_the_file_as_it_was(tmp_path):
    pytest.importorskip("resource")
    path = tmp_path / "runs.jsonl"
    append_to_history(ENTRY, path)
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", FULL, path], capture_output=True, text=True, check=True)
    assert done.stdout == f"{path}: cannot be written: File too large\n"
    assert path.read_bytes() == before


def test_a_file_that_is_no_history_is_refused_and_not_appended_to(tmp_path):
    for name, content in (("a.jsonl", "an older note\n"), ("a.sqlite", "no database"), ("a.txt", "")):
        path = tmp_path / name
        path.write_text(content)
        with pytest.raises(HistoryError, match=f"{name}: (this is no history|a history ends in .jsonl, .sqlite, .db)"):
            read_history_so_far(path)
        assert path.read_text() == content
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE friends (name TEXT)").connection.close()
    with pytest.raises(HistoryError, match="no such table: runs"):
        read_history_so_far(tmp_path / "other.db")


@FILES
def test_what_cannot_be_read_or_written_is_one_message(tmp_path, name):
    with pytest.raises(HistoryError, match="there is no such file; make it with gradcheck check --history"):
        read_history(tmp_path / name)
    with pytest.raises(HistoryError, match="cannot be written"):
        append_to_history(ENTRY, Path(tmp_path, "nowhere", name))
