"""A history on disk: JSON lines, or a table of SQLite.  Records are appended whole, also by several processes at once,
and none is ever changed."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from gradcheck.records.history import History, HistoryEntry, HistoryError

if TYPE_CHECKING:
    import sqlite3

SQLITE_SUFFIXES = (".sqlite", ".db")
HISTORY_SUFFIXES = (".jsonl", *SQLITE_SUFFIXES)
SQLITE_PATIENCE = 60.0
"""Seconds for which a process waits until another has appended."""


def read_history_so_far(path: Path) -> History:
    """Read a file that records are appended to, which need not exist.  Raises HistoryError where it is something else:
    before a long run."""
    if path.suffix not in HISTORY_SUFFIXES:
        raise HistoryError(f"{path}: a history ends in {', '.join(HISTORY_SUFFIXES)}; name such a file")
    return read_history(path) if path.exists() and path.stat().st_size else History(())


def append_to_history(entry: HistoryEntry, path: Path) -> None:
    """Append a record.  Raises HistoryError where the file cannot be written."""
    import sqlite3

    try:
        if path.suffix in SQLITE_SUFFIXES:
            insert_record(entry.to_line(), path)
        else:
            append_line(entry.to_line(), path)
    except OSError as error:
        raise HistoryError(f"{path}: cannot be written: {error.strerror}") from error
    except sqlite3.Error as error:
        raise HistoryError(f"{path}: cannot be written: {error}") from error


def append_line(line: str, path: Path) -> None:
    """Append a line in one piece, behind a newline where an interrupt left half of one; nothing where it does not fit
    on the disk."""
    with path.open("a+b", buffering=0) as file, lock_file(file):
        size = file.seek(0, os.SEEK_END)
        file.seek(max(size - 1, 0))
        left = memoryview(b"\n" * (file.read(1) not in (b"", b"\n")) + line.encode("ascii") + b"\n")
        try:
            while left:
                left = left[file.write(left) :]
            os.fsync(file.fileno())
        except OSError:
            file.truncate(size)
            raise


@contextmanager
def lock_file(file: BinaryIO) -> Iterator[None]:
    """Keep other processes from appending to a file, where the system can."""
    try:
        import fcntl
    except ImportError:  # Windows, where a file that is open to append takes whole writes
        yield
        return
    with suppress(OSError):  # a file system without locks
        fcntl.flock(file, fcntl.LOCK_EX)
    yield


def insert_record(line: str, path: Path) -> None:
    """Insert a record into the table, which is made where there is none."""
    with closing(open_database(path)) as database:
        database.execute("BEGIN IMMEDIATE")
        database.execute("CREATE TABLE IF NOT EXISTS runs (number INTEGER PRIMARY KEY, record TEXT NOT NULL)")
        database.execute("INSERT INTO runs (record) VALUES (?)", (line,))
        database.execute("COMMIT")


def open_database(path: Path) -> "sqlite3.Connection":
    """Open a database in which every statement is what it says."""
    import sqlite3

    return sqlite3.connect(path, timeout=SQLITE_PATIENCE, isolation_level=None)


def read_history(path: Path) -> History:
    """Read a history.  Raises HistoryError where there is none in the file; single records that are broken are left out
    and told."""
    import sqlite3

    if not path.is_file():
        raise HistoryError(f"{path}: there is no such file; make it with gradcheck check --history {path}")
    try:
        is_table = path.suffix in SQLITE_SUFFIXES
        history = History.read_lines(list_records(path) if is_table else list_lines(path))
    except OSError as error:
        raise HistoryError(f"{path}: cannot be read: {error.strerror}") from error
    except sqlite3.Error as error:
        raise HistoryError(f"{path}: this is no history: {error}") from error
    if history.broken and not history.entries:
        raise HistoryError(f"{path}: this is no history: {history.broken[0]}")
    return history


def list_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file that are not empty, with their numbers."""
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").split("\n"), 1):
        if line.strip():
            yield number, line


def list_records(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the records of the table, with their numbers."""
    with closing(open_database(path)) as database:
        for number, record in database.execute("SELECT number, record FROM runs ORDER BY number"):
            yield int(number), str(record)
