"""The Python files of a project that may hold a forward and a backward, found without importing any."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SKIPPED_FOLDERS = frozenset({"__pycache__", "build", "dist", "node_modules", "site-packages", "test", "tests"})
"""Folders that hold no layers of the project's own, beside hidden ones and virtual environments."""
SKIPPED_FILES = re.compile(r"test_.*|.*_test|conftest|setup|noxfile|__main__")
"""The names of files that hold tests, or do something when they are imported."""
SIGNS = re.compile(
    rb"^[ \t]*(?:async[ \t]+)?def[ \t]+(?:\w+_)?backward(?:_\w+)?\b"
    rb"|\bcustom_(?:vjp|jvp)\b|^[ \t]*(?:from|import)[ \t]+gradcheck\b",
    re.MULTILINE,
)
"""What a file with a layer has in it: a function called backward, a rule of JAX, or a declaration."""


@dataclass(frozen=True)
class SourceFiles:
    """The Python files of a folder, tests left out: how many there are, and those that may hold layers."""

    count: int
    with_layers: tuple[Path, ...]


def find_source_files(folder: Path) -> SourceFiles:
    """Find the Python files of a folder and of those in it, by name.  What cannot be read holds no layer."""
    files = sorted(list_python_files(folder))
    return SourceFiles(len(files), tuple(file for file in files if may_hold_layers(file)))


def list_python_files(folder: Path) -> Iterator[Path]:
    """List the Python files of a folder and of those in it, without tests; links to folders are not followed."""
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not is_left_out(Path(parent, name))]
        files = (Path(parent, name) for name in names if name.endswith(".py"))
        yield from (file for file in files if not SKIPPED_FILES.fullmatch(file.stem))


def is_left_out(folder: Path) -> bool:
    """Whether a folder is hidden, a virtual environment, or one of SKIPPED_FOLDERS."""
    return folder.name.startswith(".") or folder.name in SKIPPED_FOLDERS or (folder / "pyvenv.cfg").exists()


def may_hold_layers(file: Path) -> bool:
    """Whether a file has one of SIGNS in it."""
    try:
        return bool(SIGNS.search(file.read_bytes()))
    except OSError:
        return False
