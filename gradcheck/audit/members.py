"""Members of a folder or an archive before they are read: their paths, and which of them are looked at."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from gradcheck.audit.submission import RefusedSubmissionError
from gradcheck.escaping import cut_text

SOURCE_SUFFIXES = (".py", ".ipynb")
ARCHIVE_SUFFIXES = (".tar.gz", ".tar.bz2", ".tgz", ".tar", ".zip")
UNREAD_ARCHIVE_SUFFIXES = (".rar", ".7z", ".tar.xz", ".tar.zst", ".gz", ".bz2", ".xz")
SKIPPED = {
    "__MACOSX",
    "__pycache__",
    ".git",
    ".ipynb_checkpoints",
    ".venv",
    "venv",
    "site-packages",
    "node_modules",
    ".DS_Store",
}
"""Names that tools leave behind; what is below them is nobody's homework."""
DRIVE = re.compile(r"[A-Za-z]:")
MEMBER_WORDS = {"link": "a link, which is not followed", "special": "no regular file"}


@dataclass(frozen=True)
class Member:
    """A file of a folder or an archive.  path: as it is written there; kind: "file", "link" or "special" (device, FIFO,
    socket); read: returns its bytes, and raises RefusedSubmissionError where there are more than its argument."""

    path: str
    kind: str
    read: Callable[[int], bytes]


def split_path(path: str, what: str = "file") -> tuple[str, ...]:
    """Return the parts of a member's path, "a/./b" as ("a", "b").  RefusedSubmissionError: it leads outside."""
    parts = tuple(part for part in path.replace("\\", "/").split("/") if part not in ("", "."))
    if ".." in parts or path.startswith(("/", "\\")) or DRIVE.match(path) or "\0" in path:
        raise RefusedSubmissionError(f"{what} {quote(path)} would be written outside: refused")
    return parts


def is_skipped(parts: tuple[str, ...]) -> bool:
    """Whether a file is one that tools leave behind, as macOS does "._layers.py"."""
    return not SKIPPED.isdisjoint(parts) or any(part.startswith("._") for part in parts)


def is_source(path: str) -> bool:
    """Whether a file is read: Python, or a notebook."""
    return path.lower().endswith(SOURCE_SUFFIXES)


def is_archive(path: str) -> bool:
    """Whether a file is an archive that is opened."""
    return path.lower().endswith(ARCHIVE_SUFFIXES)


def strip_suffix(name: str) -> str:
    """Return the name of a file without what says its kind: "ann.tar.gz" as "ann"."""
    for suffix in (*ARCHIVE_SUFFIXES, *UNREAD_ARCHIVE_SUFFIXES, *SOURCE_SUFFIXES):
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name


def read_member(member: Member, most: int) -> bytes:
    """Return the bytes of a member; RefusedSubmissionError where it is no file, or too large."""
    if member.kind != "file":
        raise RefusedSubmissionError(f"{quote(member.path)} is {MEMBER_WORDS[member.kind]}: refused")
    data = member.read(most)
    if len(data) > most:
        raise build_size_refusal(member.path, most)
    return data


def build_size_refusal(path: str, most: int) -> RefusedSubmissionError:
    """Return the refusal of a file that is larger than `most` bytes."""
    return RefusedSubmissionError(f"{quote(path)} is larger than {most:,} bytes: refused")


def move_below(member: Member, folder: str) -> Member:
    """Return a member as one of a folder; a path that leads outside still does."""
    return replace(member, path=f"{folder}/{member.path}") if folder else member


def quote(path: str) -> str:
    """Write a path in a message, in quotes, cut and escaped."""
    return ascii(cut_text(path)) if not path.isprintable() else f"'{cut_text(path)}'"
