"""The command `gradcheck init`: sets a project up, and says what it found, did and leaves to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

import click

from gradcheck.cli.files import print_report, write_file
from gradcheck.escaping import cut_text, escape_unprintable
from gradcheck.formatting import pluralise
from gradcheck.project_setup.installed_version import is_from_folder, name_requirement
from gradcheck.project_setup.layer_files import SourceFiles, find_source_files
from gradcheck.project_setup.planned_files import PlannedFile, find_project, plan_files
from gradcheck.repository import find_repository


@dataclass(frozen=True)
class InitRequest:
    """The argument and options of `gradcheck init`, by their names; ci is None where it is not given."""

    folder: Path
    ci: str | None
    dry_run: bool


@dataclass(frozen=True)
class FoundLayers:
    """What the files of a project hold: the names of the ops of each, and why others cannot be used.

    sources: the files that were looked at.
    """

    sources: SourceFiles
    ops: Mapping[str, Sequence[str]]
    unusable: Mapping[str, str]


def run_init(request: InitRequest) -> int:
    """Write what the project lacks, and say so; return the exit code.  Raises UsageError, TargetError where no layer is
    found, and SettingsError, before anything is written."""
    from gradcheck.running.session import UsageError

    if not request.folder.is_dir():
        raise UsageError(f"{request.folder}: no such folder; make it first")
    project = find_project(request.folder)
    found = find_layers(project, request.folder.resolve())
    planned = tuple(plan_files(project, found.ops, request.ci, name_requirement()))
    if not request.dry_run:
        for file in planned:
            write_planned_file(project, file)
    said = describe_setup(project, found, planned, request)
    print_report("\n".join(map(escape_unprintable, said)) + "\n")
    return 0


def find_layers(project: Path, folder: Path) -> FoundLayers:
    """Find the ops of the files in a folder, by paths from the project.  Worker processes import those files alone that
    look like layers.  Raises TargetError where there are files, and none holds an op."""
    from gradcheck.discovery.target_errors import TargetError
    from gradcheck.discovery.targets import explain_expected_code

    sources = find_source_files(folder)
    ops, unusable = list_ops(project, sources.with_layers)
    if sources.count and not ops:
        tried = "".join(f"; {file}: {reason}" for file, reason in unusable.items())
        looked = f"no ops in the {pluralise(sources.count, 'Python file')} of this folder{tried}"
        raise TargetError(f"{folder}: {looked}; {explain_expected_code()}, and run gradcheck init again")
    return FoundLayers(sources, ops, unusable)


def list_ops(project: Path, files: Sequence[Path]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """List the names of the ops of each file, and why others have none, by paths from the project.  Raises Abort where
    it is interrupted."""
    from gradcheck.discovery.target_errors import TargetError
    from gradcheck.running.session import Session, describe_crash
    from gradcheck.running.supervisor import open_supervisor

    if not files:
        return {}, {}
    with open_supervisor(None) as supervisor:
        listings = Session(supervisor).list_each([str(file) for file in files], None)
    ops: dict[str, list[str]] = {}
    unusable: dict[str, str] = {}
    for file, listing in zip(files, listings.values(), strict=True):
        place = file.relative_to(project).as_posix()
        if isinstance(listing, TargetError):
            unusable[place] = str(listing).removeprefix(f"{file}: ")
        elif listing.not_listed:
            raise click.Abort
        elif listing.ops:
            ops[place] = [op.name for op in listing.ops]
        for _, end in listing.broken if not isinstance(listing, TargetError) else ():
            unusable[place] = describe_crash(end).removeprefix(f"{file}: ") or "it could not be imported in time"
    return ops, unusable


def write_planned_file(project: Path, file: PlannedFile) -> None:
    """Write a file, and the folders that it is in.  Raises UsageError where it cannot be written."""
    from gradcheck.running.session import UsageError

    if file.kept:
        return
    path = project / file.place
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from error
    write_file(file.text, path)


def describe_setup(
    project: Path, found: FoundLayers, planned: Sequence[PlannedFile], request: InitRequest
) -> Iterator[str]:
    """Describe what was found, what was written and left as it is, and what to do next."""
    yield from describe_layers(found)
    written = [file for file in planned if not file.kept]
    if written:
        yield from ("", "Would be written:" if request.dry_run else "Written:")
        for file in written:
            yield f"  {file.place}"
            yield from (f"    | {line}".rstrip() for line in file.shown.splitlines() if request.dry_run)
    if kept := [file for file in planned if file.kept]:
        yield from ("", "Left as it is:", *(f"  {file.place}: {file.kept}" for file in kept))
    if not request.ci and not any(map(is_for_ci, planned)):
        yield from ("", f"No file for CI: {explain_no_ci(project)}.")
    yield from ("", "Next:", *(f"  {line}" for line in describe_next_steps(project, planned)))


def is_for_ci(file: PlannedFile) -> bool:
    """Whether a file is one for CI."""
    return file.place.suffix == ".yml"


def explain_no_ci(project: Path) -> str:
    """Explain why a project gets no file for CI."""
    root = find_repository(project)
    if root and root != project:
        return (
            f"it would have to stand in the root of the repository; gradcheck init {quote(str(root))} writes one there"
        )
    return "the folder is no repository, and shows no system for CI; --ci names one"


def describe_layers(found: FoundLayers) -> Iterator[str]:
    """Describe the ops that were found, file by file, and the files that cannot be used."""
    if not found.ops:
        yield "No Python file is here; an example layer makes a start."
        return
    ops = pluralise(sum(map(len, found.ops.values())), "op")
    yield f"{ops} in {len(found.ops)} of {pluralise(found.sources.count, 'Python file')}:"
    yield from (f"  {file}: {cut_text(', '.join(names))}" for file, names in found.ops.items())
    if found.unusable:
        yield "Not used:"
        yield from (f"  {file}: {cut_text(reason)}" for file, reason in found.unusable.items())


def describe_next_steps(project: Path, planned: Sequence[PlannedFile]) -> Iterator[str]:
    """Describe what is to be done next, the commands first."""
    if project != Path.cwd():
        yield f"cd {quote(str(project))}"
    yield "gradcheck check    # each op on 100 cases, with a report"
    yield "pytest             # each law of each op as a test, beside the tests of the project"
    yield from (f"{file.advice}" for file in planned if file.advice)
    if is_from_folder() and any(is_for_ci(file) and file.text for file in planned):
        yield f"see that CI can install {name_requirement()}, which comes from a folder here"
