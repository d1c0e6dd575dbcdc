"""Files that are whole or as they were: written beside, and moved into place."""

import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

STREAMS = ("/dev/fd/", "/dev/std", "/proc/")
"""Where the names of open streams begin; another file cannot take their place."""


def write_atomically(text: str, path: Path) -> None:
    """Write a file such that it holds all of the text, or what it held before.

    A link stays a link, and what is no file, as a pipe, is written to.  Raises OSError.
    """
    content = text.encode("utf-8", "backslashreplace")
    if is_stream(path):
        path.write_bytes(content)
        return
    target = Path(os.path.realpath(path))
    try:
        replace_file(content, target)
    except OSError:
        if not target.is_file() or is_replaceable(target):
            raise
        overwrite_file(content, target)


def is_stream(path: Path) -> bool:
    """Whether a path, or what it links to, is the name of an open stream, or exists and is no regular file."""
    hop = path.absolute()
    while not str(hop).startswith(STREAMS) and hop.is_symlink() and hop.exists():
        hop = hop.parent / os.readlink(hop)
    return str(hop).startswith(STREAMS) or (hop.exists() and not hop.is_file())


def replace_file(content: bytes, path: Path) -> None:
    """Write a file beside, with the owner and the mode of the old one, and move it into place."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".gradcheck-", suffix=".new")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        copy_access(path, Path(name))
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def copy_access(old: Path, new: Path) -> None:
    """Give a new file the mode and the owner of the old one; where there is none, the usual mode."""
    try:
        known = old.stat()
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        new.chmod(0o666 & ~mask)
        return
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(new, known.st_uid, known.st_gid)
    new.chmod(stat.S_IMODE(known.st_mode))


def is_replaceable(path: Path) -> bool:
    """Whether the folder of a file takes another one in its place."""
    return os.access(path.parent, os.W_OK) and not path.is_mount()


def overwrite_file(content: bytes, path: Path) -> None:
    """Write over a file whose folder takes no other; where that fails, write back what it held."""
    before = path.read_bytes()
    with path.open("r+b", buffering=0) as file:
        try:
            write_whole(file.fileno(), content)
        except OSError:
            write_whole(file.fileno(), before)
            raise


def write_whole(descriptor: int, content: bytes) -> None:
    """Write all of the content from the start of an open file, and end the file there."""
    os.lseek(descriptor, 0, os.SEEK_SET)
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]
    os.ftruncate(descriptor, len(content))
    os.fsync(descriptor)
