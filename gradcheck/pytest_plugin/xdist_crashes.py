"""Word of ops whose search took an xdist worker down, left before each search and removed after it.

A note is locked by the process that wrote it, as long as that lives: one that can be locked is of a dead worker.
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
def keep_crash_note(folder: Path, one: LocatedOp, laws: Sequence[str]) -> Iterator[None]:
    """While this lasts, a note says what there is to say of the op if the process dies; of the laws, the first is
    accused."""
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{make_note_key(one)}-{os.getpid()}.json"
    told = Run((make_crash_result(laws, one, "under pytest"),), 0, 0, complete=False)
    with path.with_suffix(".new").open("w", encoding="utf-8") as file:
        file.write(told.to_line())
        file.flush()
        if try_to_lock(file):
            os.replace(file.name, path)  # nobody sees it without its lock
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def find_crash_of_op(folder: Path, one: LocatedOp) -> OpResult | None:
    """What a worker that died in the search for this op left; None where none did."""
    return next(
        (result for path in sorted(folder.glob(f"{make_note_key(one)}-*.json")) for result in read_crash_note(path)),
        None,
    )


def read_crash_notes(folder: Path) -> Iterator[OpResult]:
    """What all workers that died left."""
    return (result for path in sorted(folder.glob("*.json")) for result in read_crash_note(path))


def read_crash_note(path: Path) -> Iterator[OpResult]:
    """What a note says, unless its writer lives."""
    with suppress(OSError), path.open(encoding="utf-8") as file:
        if try_to_lock(file):
            yield from Run.from_json(file.read()).results


def make_note_key(one: LocatedOp) -> str:
    """The part of a file's name that stands for an op."""
    return hashlib.blake2b(f"{one.target} {one.op.name}".encode(), digest_size=8).hexdigest()


def try_to_lock(file: "TextIO") -> bool:
    """Whether the file is locked now, by this process; never where the system has no such locks."""
    try:
        import fcntl  # noqa: PLC0415
    except ImportError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
