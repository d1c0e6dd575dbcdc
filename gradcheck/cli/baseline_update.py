"""The commands `gradcheck baseline update` and `show`: what is written to a baseline, and what stays as it is."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.cli.check_run import (
    CheckRequest,
    check_targets,
    determine_exit_code,
    plan_check,
    print_line,
    require_same_seed,
)
from gradcheck.cli.errors import EXIT_INTERRUPTED
from gradcheck.cli.files import (
    is_saved_run,
    print_report,
    read_baseline,
    read_run,
    read_text_file,
    require_writable,
    write_file,
)
from gradcheck.formatting import pluralise
from gradcheck.running import settings

if TYPE_CHECKING:
    from gradcheck.records.measured_run import MeasuredRun
    from gradcheck.records.results import Run


@dataclass(frozen=True)
class UpdateRequest:
    """The arguments and options of `gradcheck baseline update`, by their names; ops are those of --only, source is the
    saved run of --from."""

    file: Path | None
    targets: tuple[str, ...] = ()
    ops: tuple[str, ...] = ()
    source: Path | None = None
    drop: bool = False
    examples: int | None = None
    seed: int | None = None
    jobs: int | None = None
    timeout: float | None = None
    quiet: bool = False

    @property
    def given_options(self) -> dict[str, Any]:
        """What is given of all that says how ops are checked."""
        names = ("targets", "examples", "seed", "jobs", "timeout")
        return {name: value for name in names if (value := getattr(self, name)) not in (None, ())}

    def require_consistent(self) -> None:
        """Raise UsageError for options that contradict each other."""
        from gradcheck.running.session import UsageError

        if self.ops and self.drop:
            raise UsageError("--drop renews the whole baseline, and --only some of it; leave one of them out")
        if self.source and self.given_options:
            given = ", ".join(self.given_options)
            raise UsageError(f"--from takes the errors of a saved run, and checks nothing; leave out {given}")

    def make_check_request(self) -> CheckRequest:
        """Make the request of the check; what is not given is as in the settings."""
        table = {**settings.read_defaults(Path.cwd()), **self.given_options, "ops": self.ops, "quiet": self.quiet}
        table |= {name: tuple(table.get(name, ())) for name in ("targets", "laws", "skip")}
        known = {name: value for name, value in table.items() if name in CheckRequest.__dataclass_fields__}
        return CheckRequest(**{**known, "against": None})


def run_update(request: UpdateRequest) -> int:
    """Renew a baseline, tell what changed, and return the exit code.  Raises UsageError, NotComparable, BaselineError
    and others; then, and where not all was examined, the file stays as it was."""
    request.require_consistent()
    path = find_baseline_path(request.file)
    require_writable(path)
    old = read_renewable_baseline(path)
    run, interrupted = (read_saved_errors(request), False) if request.source else check_ops_to_renew(request, old)
    code = EXIT_INTERRUPTED if interrupted else determine_exit_code(run, None, False, False)
    if interrupted or not run.complete:
        print_line(f"{path} stays as it was: not all was examined to the end")
        return code
    write_renewed_baseline(request, path, old, run)
    return code


def find_baseline_path(given: Path | None) -> Path:
    """Find the file of a baseline: what is given, or what the settings name.  Raises UsageError where neither does."""
    from gradcheck.running.session import UsageError

    named = given or settings.read_defaults(Path.cwd()).get("against")
    if not named:
        raise UsageError("which baseline?  Name its file, or set against in [tool.gradcheck]")
    return Path(named)


def read_renewable_baseline(path: Path) -> "MeasuredRun | None":
    """Read the baseline that is to be renewed; None where there is no file, or an empty one.  Raises BaselineError for
    a file that is something else."""
    from gradcheck.records.baseline_file import BaselineError

    text = read_text_file(path) if path.is_file() else ""
    if is_saved_run(path, text):
        raise BaselineError(f"{path}: this is the name of a saved run; FILE is a baseline, as baseline.toml")
    if not text.strip():
        return None
    try:
        return read_baseline(path)
    except BaselineError as error:
        raise BaselineError(f"{error}; it is not overwritten, and FILE goes before TARGET") from error


def read_saved_errors(request: UpdateRequest) -> "Run":
    """Read the saved run whose errors are taken, without ops that are not asked for.  Raises UsageError for names that
    it has not, and where it is not complete."""
    from gradcheck.running.session import UsageError, require_known_names

    assert request.source
    run = read_run(request.source)
    if not run.complete:
        raise UsageError(f"{request.source}: this run is not complete; make it anew, and let it end")
    require_known_names(request.ops, [result.label for result in run.results], "op")
    chosen = tuple(result for result in run.results if not request.ops or result.label in request.ops)
    return replace(run, results=chosen)


def check_ops_to_renew(request: UpdateRequest, old: "MeasuredRun | None") -> tuple["Run", bool]:
    """Check the ops, and print the answer.  Returns the run, and whether it was interrupted."""
    from gradcheck.report import render_run
    from gradcheck.report.context import ReportContext
    from gradcheck.running.supervisor import open_supervisor

    check = request.make_check_request()
    with open_supervisor(check.jobs) as supervisor:
        plan = replace(plan_check(check), measure=True)
        require_same_seed(old if request.ops else None, check.seed)
        run, interrupted = check_targets(check, plan, supervisor)
    print_report(render_run(run, "text", ReportContext(brief=True)))
    return run, interrupted


def write_renewed_baseline(request: UpdateRequest, path: Path, old: "MeasuredRun | None", run: "Run") -> None:
    """Write the errors of a run in the place of those of a baseline, and tell what changed, and what did not become
    part of it.  Raises NotComparable and UsageError."""
    from gradcheck.records.baseline_file import write_baseline
    from gradcheck.records.measured_run import MeasuredRun

    new = MeasuredRun.of_run(run)
    kept = {} if old is None else {k: op for k, op in old.ops.items() if not (request.drop and k not in new.ops)}
    renewed = {label: op for label, op in new.ops.items() if op.corpus and not op.fails}
    if stays := kept.keys() - renewed.keys():
        require_same_seed(old, new.seed)
    text = write_baseline(MeasuredRun({**kept, **renewed}, new.seed, (old if old and stays else new).environment))
    if renewed:
        write_file(text, path)
    if old is not None:
        print_report(describe_renewal(request, old, new))
    for label in sorted(new.ops.keys() - renewed.keys()):
        print_line(f"{label} is not written, since it {'fails' if new.ops[label].fails else 'was not measured'}")
    errors = pluralise(sum(len(op.errors) for op in renewed.values()), "error")
    told = f"written to {path}: {errors} of {pluralise(len(renewed), 'op')}" if renewed else f"{path} stays as it was"
    print_report(f"{told}\n")


def describe_renewal(request: UpdateRequest, old: "MeasuredRun", new: "MeasuredRun") -> str:
    """Describe what became of the ops of a baseline that is renewed."""
    from gradcheck.checking.baseline import compare_runs
    from gradcheck.checking.regression_rule import RegressionRules
    from gradcheck.report.screen import find_screen
    from gradcheck.report.text import render_comparison

    rules = RegressionRules.from_table(settings.read_defaults(Path.cwd()).get("regression", {}))
    told = {"missing": "dropped" if request.drop else "its lines stay", "new": "written", "improved": "written"}
    comparison = compare_runs(old.select(request.ops), new, told, rules, is_partial=True)
    return render_comparison(comparison, find_screen(sys.stdout))


def render_baseline(baseline: "MeasuredRun", ops: Sequence[str], form: str, output: Path | None) -> str:
    """Write a table of the errors of a baseline, and what they depend on.  Raises UsageError for a name that it has
    not."""
    from gradcheck.report.baseline_table import tabulate_baseline
    from gradcheck.report.markdown import escape_markdown, render_markdown_table
    from gradcheck.report.screen import PAPER, find_screen
    from gradcheck.report.text import render_text_table
    from gradcheck.running.session import require_known_names

    existing = sorted(baseline.ops)
    require_known_names([name for name in ops if not baseline.select([name]).ops], existing, "op")
    head, table = tabulate_baseline(baseline.select(ops))
    if form == "markdown":
        return f"{escape_markdown(head)}\n\n{render_markdown_table(table)}\n"
    return f"{head}\n\n{render_text_table(table, PAPER if output else find_screen(sys.stdout))}\n"
