"""Files of a folder, without following a link, waiting for a FIFO, or reading more than is asked for."""

import os
import stat
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from gradcheck.audit.members import SKIPPED, Member, build_size_refusal, quote
from gradcheck.audit.submission import RefusedSubmissionError

OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
"""A link is not followed, and a FIFO without a writer does not block; where the system knows of them."""


def read_regular_file(path: Path, most: int) -> bytes:
    """Return the bytes of a file.  RefusedSubmissionError: it is a link, no regular file, cannot be read, or is larger
    than `most` bytes."""
    try:
        with open(os.open(path, OPEN_FLAGS), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise RefusedSubmissionError(f"{quote(path.name)} is no regular file: refused")
            if status.st_size > most:
                raise build_size_refusal(path.name, most)
            return file.read(most + 1)
    except OSError as error:
        raise RefusedSubmissionError(f"{quote(path.name)} cannot be read ({error.strerror}): refused") from None


def list_entry(entry: os.DirEntry[str], below: str = "") -> Member:
    """Return a file of a folder as a member, by what it is itself and not by what it points to."""
    kind = "file" if entry.is_file(follow_symlinks=False) else "link" if entry.is_symlink() else "special"
    return Member(below + decode_name(entry.name), kind, partial(read_regular_file, Path(entry.path)))


def walk_folder(folder: Path, depth: int, below: str = "") -> Iterator[Member]:
    """Yield the files of a folder and of those in it, in the order of their names; `depth` folders down.
    RefusedSubmissionError: a folder cannot be read, or there are more below one another."""
    if depth < 0:
        raise RefusedSubmissionError(f"{quote(below)} is too many folders deep: refused")
    for entry in list_folder(folder):
        if entry.is_dir(follow_symlinks=False):
            if entry.name not in SKIPPED:
                yield from walk_folder(Path(entry.path), depth - 1, f"{below}{decode_name(entry.name)}/")
        else:
            yield list_entry(entry, below)


def list_folder(folder: Path) -> list[os.DirEntry[str]]:
    """Return what is in a folder, in the order of the names."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        raise RefusedSubmissionError(f"{quote(folder.name)} cannot be read ({error.strerror}): refused") from None


def decode_name(name: str) -> str:
    """Return the name of a file as text that can be sent and printed: bytes that are no UTF-8 become U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace")
