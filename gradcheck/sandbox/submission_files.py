"""Files of a submission as bytes: nothing is compiled or decoded here, no link is followed, nothing blocks."""

import os
import stat
from pathlib import Path

LARGEST_FILE = 1 << 20


class InvalidSubmission(ValueError):
    """A file that is no file, or too long; the message says which."""


def read_submission_file(path: Path, most: int = LARGEST_FILE) -> bytes:
    """The bytes of a regular file of at most `most` bytes.  InvalidSubmission for a link, a pipe, a device, a folder, a
    file that is longer, and one that cannot be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError as problem:
        reason = "is a link" if path.is_symlink() else f"cannot be read ({problem.strerror})"
        raise InvalidSubmission(f"{path.name!r} {reason}") from None
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise InvalidSubmission(f"{path.name!r} is no regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            content = file.read(most + 1)
    finally:
        os.close(descriptor)
    if len(content) > most:
        raise InvalidSubmission(f"{path.name!r} is longer than {most:,} bytes")
    return content
