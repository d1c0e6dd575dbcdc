"""Crash records: the result of an op in case its check ends a worker of xdist, left before the check, removed after it.

The process that wrote a record holds a lock on it as long as it lives, so a record that can be locked is of a process
that crashed.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.records.results import OpResult, Run
from gradcheck.running.crashed_op import make_crash_result
from gradcheck.running.located_op import LocatedOp

if TYPE_CHECKING:
    from typing import TextIO


@contextmanager
def leave_crash_record(folder: Path, located: LocatedOp, laws: Sequence[str], running: str) -> Iterator[None]:
    """Leave a crash record of an op while it is checked within.  running: the law whose finding the crash is."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{make_record_key(located)}-{os.getpid()}.json"
    crash = make_crash_result(laws, located.listed, running, "the process that examined it died under pytest")
    record = Run((crash,), 0, 0, complete=False)
    with path.with_suffix(".new").open("w", encoding="utf-8") as file:
        file.write(record.to_line())
        file.flush()
        if try_to_lock(file):
            os.replace(file.name, path)  # it has its name only once it is locked
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def find_crash_of_op(folder: Path, located: LocatedOp) -> OpResult | None:
    """Find the result that a crashed worker left of this op; None where none crashed."""
    paths = sorted(folder.glob(f"{make_record_key(located)}-*.json"))
    return next((result for path in paths for result in read_crash_record(path)), None)


def read_crash_records(folder: Path) -> Iterator[OpResult]:
    """Read the results that all crashed workers left."""
    return (result for path in sorted(folder.glob("*.json")) for result in read_crash_record(path))


def read_crash_record(path: Path) -> Iterator[OpResult]:
    """Read a record, unless the process that wrote it is alive."""
    with suppress(OSError), path.open(encoding="utf-8") as file:
        if try_to_lock(file):
            yield from Run.from_json(file.read()).results


def make_record_key(located: LocatedOp) -> str:
    """Make the part of a file's name that identifies an op."""
    return hashlib.blake2b(f"{located.target} {located.op.name}".encode(), digest_size=8).hexdigest()


def try_to_lock(file: "TextIO") -> bool:
    """Lock a file.  Returns whether this process holds the lock now: never where the system has no such locks."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
