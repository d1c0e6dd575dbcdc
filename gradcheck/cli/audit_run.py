"""The command `gradcheck audit`: what it audits, writes and prints, and the code it exits with."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradcheck.cli.errors import EXIT_INTERRUPTED
from gradcheck.running.session import UsageError

if TYPE_CHECKING:
    from gradcheck.audit.assignment import Assignment
    from gradcheck.audit.audit_settings import AuditSettings
    from gradcheck.audit.submission import Submissions
    from gradcheck.records.audit import Audit
    from gradcheck.sandbox.isolation_record import Isolation


@dataclass(frozen=True)
class AuditRequest:
    """The arguments and options of `gradcheck audit`, by their names."""

    submissions: Path | None
    assignment: str | None
    solution: Path | None
    output: Path
    jobs: int | None
    cluster: str
    show: str | None
    gradebooks: tuple[str, ...]
    export: Path | None
    timeout: float
    examples: int
    seed: int
    single: bool | None
    resume: bool
    minimum: str
    unsafe: bool
    quiet: bool

    def make_settings(self) -> "AuditSettings":
        """Return how submissions are audited.  Raises UsageError where nothing says what is asked for."""
        from gradcheck.audit.audit_settings import AuditSettings

        if bool(self.assignment) == bool(self.solution):
            raise UsageError("say what is asked for: --assignment NAME or FILE.toml, or --solution FILE, one of them")
        solution = str(self.solution.absolute()) if self.solution else ""
        return AuditSettings(
            locate_assignment(self.assignment or ""),
            solution,
            self.examples,
            self.seed,
            self.timeout,
            self.minimum,
            self.unsafe,
        )

    def require_usable_outputs(self) -> None:
        """Raise GradebookError for a gradebook that does not exist, and UsageError where results cannot be written or
        there is no Dask, before anything is run."""
        from importlib.util import find_spec

        from gradcheck.report.audit.gradebooks.registry import load_gradebook

        for name in self.gradebooks:
            load_gradebook(name)
        if self.output.exists() and not self.output.is_dir():
            raise UsageError(f"{self.output} is no folder; say with -o where the pages go")
        if self.export and "canvas" not in self.gradebooks:
            raise UsageError("--export is the file of a gradebook that fills it: add --gradebook canvas")
        if self.cluster and find_spec("distributed") is None:
            raise UsageError("--cluster wants Dask: pip install 'gradcheck[dask]'")

    def read_export(self) -> str:
        """Return the text of the gradebook's own export, "" without one.  Raises UsageError where it cannot be read."""
        try:
            return self.export.read_text("utf-8-sig") if self.export else ""
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{self.export}: the export cannot be read: {error}") from None


def locate_assignment(given: str) -> str:
    """Return the name of an assignment, or the whole path of its file."""
    return str(Path(given).absolute()) if given.endswith(".toml") else given


def run_audit(request: AuditRequest) -> int:
    """Audit submissions, write all that is asked for, print the answer, and return the exit code.

    Raises UsageError, AssignmentError, IsolationMissing and others before anything is run."""
    from gradcheck.audit.assignment import list_assignments
    from gradcheck.audit.auditor import Auditor
    from gradcheck.audit.class_audit import ClassAudit
    from gradcheck.audit.crew import open_crew
    from gradcheck.audit.model_checks import require_right_answers
    from gradcheck.report.audit.output_folder import write_class, write_submission
    from gradcheck.report.audit.show import Show
    from gradcheck.running.progress import count_progress, is_stderr_watched

    settings = request.make_settings()
    if request.submissions is None:
        raise UsageError("say where the submissions are: gradcheck audit FOLDER --assignment NAME")
    assignment = settings.read_assignment()
    request.require_usable_outputs()
    found = find_submissions(request.submissions, request.single)
    export = request.read_export()
    show = Show(request.show or assignment.show)
    with Auditor.open(settings) as auditor:  # what cannot be loaded or confined is told before anything runs
        if settings.assignment not in list_assignments():
            require_right_answers(auditor.answers, auditor.plan)
        header = make_header(assignment, settings, auditor.isolation)
    require_fillable(header, assignment, found.names, request.gradebooks, export)
    request.output.mkdir(parents=True, exist_ok=True)
    watched = is_stderr_watched() and not request.quiet
    with (
        count_progress(len(found.names), "submissions", watched) as step,
        open_crew(request.jobs, request.cluster) as crew,
    ):

        def take(result: Any) -> None:
            write_submission(request.output, header, result, show)
            step(result.student)

        audited = ClassAudit(request.submissions, request.single, settings, request.output, assignment, header, take)
        audit = audited.run(found.names, crew, request.resume)
    write_class(request.output, audit, show, request.gradebooks, export)
    print_answer(audit, request.output, found)
    return 0 if audit.complete else EXIT_INTERRUPTED


def find_submissions(path: Path, single: bool | None) -> "Submissions":
    """Find the submissions.  Raises UsageError where there are none."""
    from gradcheck.audit.submissions import collect_submissions

    try:
        found = collect_submissions(path, single=single)
    except FileNotFoundError:
        raise UsageError(f"{path}: no such file or folder") from None
    except ValueError as error:
        raise UsageError(str(error)) from error
    if not found.names:
        beside = f"; what is there is no submission: {', '.join(found.ignored[:5])}" if found.ignored else ""
        raise UsageError(f"{path}: no submission was found{beside}")
    return found


def make_header(assignment: "Assignment", settings: "AuditSettings", isolation: "Isolation") -> "Audit":
    """Return an audit without rows."""
    from gradcheck.checking.check import collect_versions
    from gradcheck.records.audit import Audit

    names = tuple(asked.name for asked in assignment.functions)
    return Audit(
        assignment.title,
        names,
        (),
        settings.seed,
        settings.examples,
        isolation=isolation.to_dict(),
        environment=collect_versions(),
    )


def require_fillable(
    header: "Audit", assignment: "Assignment", students: tuple[str, ...], gradebooks: tuple[str, ...], export: str
) -> None:
    """Raise GradebookError where a gradebook cannot be filled for these students, whatever their points are."""
    from gradcheck.audit.class_audit import make_lost_row
    from gradcheck.report.audit.gradebooks.registry import load_gradebook
    from gradcheck.report.audit.show import Show

    rows = tuple(make_lost_row(assignment, student, "") for student in students)
    for name in gradebooks:
        load_gradebook(name).render(replace(header, submissions=rows), Show.NONE, export)


def print_answer(audit: "Audit", folder: Path, found: "Submissions") -> None:
    """Print what the page of the class begins with, and where all of it is."""
    from gradcheck.escaping import escape_lines
    from gradcheck.report.audit.answer import compose_audit_answer, list_warnings

    lines = [*list_warnings(audit), compose_audit_answer(audit)]
    lines += [f"isolation: {audit.isolation.get('level')} ({audit.isolation.get('backend')})"]
    lines += [f"beside the submissions, not audited: {', '.join(found.ignored)}"] if found.ignored else []
    lines += [f"written to {folder}: class.html, class.csv, audit.json, and a page of each student in students"]
    click.echo(escape_lines("\n".join(lines)))


def describe_assignments() -> str:
    """Return the names of the assignments that come with gradcheck, with what each asks for."""
    from gradcheck.audit.assignment import list_assignments
    from gradcheck.audit.assignment_reading import read_assignment

    read = [read_assignment(name) for name in list_assignments()]
    return "\n".join(f"{one.name}: {one.title} ({len(one.functions)} functions, {one.points:g} points)" for one in read)
