"""The files that commands read and write."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gradcheck.records.results import Run


def require_writable(path: Path | None) -> None:
    """Raise UsageError where a file cannot be written: before a long run, not after it."""
    from gradcheck.running.session import UsageError

    if path is None:
        return
    if path.is_dir():
        raise UsageError(f"{path}: cannot be written: it is a folder; name a file")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: cannot be written: there is no folder {path.parent}; make it first")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"{path}: cannot be written: permission denied")


def write_file(text: str, path: Path) -> None:
    """Write a file.  Raises UsageError where it cannot be written."""
    from gradcheck.running.session import UsageError

    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def emit_report(text: str, output: Path | None) -> None:
    """Write a report to a file where one is named, else to stdout."""
    if output:
        write_file(text, output)
    else:
        click.echo(text, nl=False)


def read_run(path: Path) -> "Run":
    """Read a saved run.  Raises RunError naming the file."""
    from gradcheck.records.results import Run, RunError

    try:
        return Run.from_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise RunError(f"{path}: {error}") from error
