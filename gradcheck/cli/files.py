"""The files that commands read and write."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from gradcheck.records.measured_run import MeasuredRun
    from gradcheck.records.results import Run


@dataclass(frozen=True)
class SavedPlace:
    """Where a run is saved.  kept: why the saved run that was to be replaced is kept, "" where none is."""

    path: Path
    kept: str = ""


def require_writable(path: Path | None) -> None:
    """Raise UsageError where a file cannot be written: before a long run, not after it."""
    if path is None:
        return
    from gradcheck.running.session import UsageError

    if path.is_dir():
        raise UsageError(f"{path}: cannot be written: it is a folder; name a file")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: cannot be written: there is no folder {path.parent}; make it first")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise UsageError(f"{path}: cannot be written: permission denied")


def write_file(text: str, path: Path) -> None:
    """Write a file, whole or not at all.  Raises UsageError where it cannot be written."""
    from gradcheck.atomic_files import write_atomically
    from gradcheck.running.session import UsageError

    try:
        write_atomically(text, path)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error


def emit_report(text: str, output: Path | None) -> None:
    """Write a report to a file where one is named, else to stdout; to stdout as well where the file cannot be
    written.  Raises UsageError where it cannot be."""
    if output is None:
        print_report(text)
        return
    from gradcheck.running.session import UsageError

    try:
        write_file(text, output)
    except UsageError:
        print_report(text)
        raise


def print_report(text: str) -> None:
    """Print a report.  Raises UsageError where stdout cannot be written, BrokenPipeError where nobody reads it."""
    try:
        click.echo(text, nl=False)
    except UnicodeEncodeError as error:
        encoding = error.encoding
        click.echo(text.encode(encoding, "backslashreplace").decode(encoding), nl=False)
    except BrokenPipeError:
        raise
    except OSError as error:
        from gradcheck.running.session import UsageError

        raise UsageError(f"stdout: cannot be written: {error.strerror}") from error


def write_each(writers: Iterable[Callable[[], None]]) -> None:
    """Call functions that each write something: one that fails keeps no other from it.  Raises what they raised, in
    one UsageError; BrokenPipeError goes before."""
    from gradcheck.running.session import UsageError

    failures: list[BrokenPipeError | UsageError] = []
    for write in writers:
        try:
            write()
        except (BrokenPipeError, UsageError) as error:
            failures.append(error)
    if broken := [failure for failure in failures if isinstance(failure, BrokenPipeError)]:
        raise broken[0]
    if failures:
        raise UsageError("; ".join(map(str, failures)))


def save_run(run: "Run", path: Path, partial: str, targets: Sequence[str] = ()) -> SavedPlace:
    """Save a run, beside an earlier one that has more in it; see `choose_saved_place`.  Raises UsageError."""
    place = choose_saved_place(run, path, partial, targets)
    write_file(run.to_json(), place.path)
    return place


def choose_saved_place(run: "Run", path: Path, partial: str, targets: Sequence[str] = ()) -> SavedPlace:
    """Choose where a run is saved: not in the place of an earlier one that holds what it lacks.

    partial: why not all may have been checked, "" where all was asked for; then ops and laws that the run lacks are no
    more.  targets: those that were asked for, where a command names them.  A run that is not complete takes no place
    but its own.
    """
    if not path.is_file() or not path.stat().st_size:
        return SavedPlace(path)
    reason = "" if run.complete else "not all was checked to the end"
    if not reason and (lacking := find_what_is_lacking(run, path, bool(partial), targets)):
        reason = f"{partial or 'other targets were asked for'}; it lacks {lacking}"
    return SavedPlace(path.with_name(f"{path.stem}.partial{path.suffix}"), reason) if reason else SavedPlace(path)


def find_what_is_lacking(run: "Run", path: Path, is_partial: bool, targets: Sequence[str]) -> str:
    """Find what a run lacks that the saved one has: targets, if only some of them were asked for; ops and laws, where
    it is partial."""
    from gradcheck.records.results import RunError

    try:
        before = read_run(path)
    except RunError:
        return "what that file may hold" if is_partial else ""
    lacking = sorted({*before.targets} - {*targets}) if {*targets} < {*before.targets} and targets else []
    if is_partial:
        lacking += sorted({r.label for r in before.results} - {r.label for r in run.results})
        laws = {v.law for r in run.results for v in r.verdicts}
        lacking += sorted({v.law for r in before.results for v in r.verdicts} - laws)
    return ", ".join(lacking)


def describe_saved_place(place: SavedPlace, asked: Path) -> str:
    """Describe where a partial run is saved, and why an earlier one is kept."""
    return f"{asked}: the earlier run is kept, for this one is partial ({place.kept}); it is saved as {place.path}"


def tell_saved_place(place: SavedPlace, asked: Path) -> None:
    """Tell on stderr where a partial run is saved; nothing where it is where it was asked for."""
    if place.kept:
        print(f"gradcheck: {describe_saved_place(place, asked)}", file=sys.stderr)


def read_baseline(path: Path) -> "MeasuredRun":
    """Read a baseline, or a saved run, to compare a run with.  Raises BaselineError or RunError, naming the file, also
    for errors that no measurement gives."""
    from gradcheck.checking.pinned_errors import MAX_RELATIVE_ERROR
    from gradcheck.records.baseline_file import BaselineError, read_baseline_text
    from gradcheck.records.measured_run import MeasuredRun

    if not path.exists():
        raise BaselineError(f"{path}: No such file; make it with gradcheck baseline update {path}")
    text = read_text_file(path)
    if is_saved_run(path, text):
        measured = MeasuredRun.of_run(parse_run(text, path))
    else:
        try:
            measured = read_baseline_text(text)
        except BaselineError as error:
            raise BaselineError(f"{path}: {error}") from error
    if unsound := measured.find_unsound_error(MAX_RELATIVE_ERROR):
        raise BaselineError(f"{path}: {unsound}, which no measurement gives: the file was edited; save a new baseline")
    return measured


def is_saved_run(path: Path, text: str) -> bool:
    """Whether a file is, or was to be, a saved run and no baseline: by its name, or by its first character."""
    return path.suffix == ".json" or text.lstrip().startswith("{")


def read_run(path: Path) -> "Run":
    """Read a saved run.  Raises RunError naming the file."""
    return parse_run(read_text_file(path), path)


def read_text_file(path: Path) -> str:
    """Read a file of text.  Raises RunError naming it."""
    from gradcheck.records.results import RunError

    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RunError(f"{path}: this is no text: {error}") from error


def parse_run(text: str, path: Path) -> "Run":
    """Parse a saved run.  Raises RunError naming its file."""
    from gradcheck.records.results import Run, RunError

    try:
        return Run.from_json(text)
    except ValueError as error:
        raise RunError(f"{path}: {error}") from error
