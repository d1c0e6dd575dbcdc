"""The command `gradcheck check`: what it checks, saves and reports, and the code it exits with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradcheck.cli.errors import EXIT_INTERRUPTED
from gradcheck.cli.files import read_baseline, require_writable, save_run, tell_saved_place, write_each
from gradcheck.cli.github_job import is_github_job, tell_github_job
from gradcheck.cli.outputs import ReportOutput, choose_outputs, write_output
from gradcheck.escaping import escape_unprintable
from gradcheck.report import registry

if TYPE_CHECKING:
    from gradcheck.checking.baseline import Comparison
    from gradcheck.records.results import Run
    from gradcheck.running.plan import Plan


@dataclass(frozen=True)
class CheckRequest:
    """The arguments and options of `gradcheck check`, by their names; skip comes from the settings alone, same_as from
    `gradcheck vectors`: the op of the library whose golden vectors are the cases."""

    targets: tuple[str, ...]
    ops: tuple[str, ...]
    laws: tuple[str, ...]
    skip: tuple[str, ...]
    examples: int
    largest: int | None
    seed: int
    jobs: int | None
    arbitrate: str
    timeout: float | None
    reference: str | None
    fail_on: str | None
    strict: bool
    save: Path | None
    against: Path | None
    allow_missing: bool
    allow_new: bool
    form: str | None
    output: tuple[Path, ...]
    quiet: bool
    verbose: bool
    annotations: bool = True
    same_as: str = ""

    @property
    def allowed(self) -> dict[str, str]:
        """Why ops that are missing or new beside a baseline do not fail."""
        return collect_allowances(self.allow_missing, self.allow_new)

    @property
    def partial_reason(self) -> str:
        """Why not all ops and laws are checked, "" where they are."""
        return "only some ops were asked for" if self.ops else "only some laws were" if self.laws or self.skip else ""


def run_check(request: CheckRequest) -> int:
    """Check ops, write the report, save the run, and return the exit code.

    Raises UsageError, TargetError, RunError and others before anything is checked, and after the report NotComparable,
    and UsageError for files that could not be written.
    """
    from gradcheck.running.supervisor import open_supervisor

    with open_supervisor(request.jobs) as supervisor:  # a worker starts while the rest is imported here
        from gradcheck.running import progress, session

        plan, outputs = plan_check(request), choose_outputs(request.form, request.output)
        before = read_baseline(request.against) if request.against else None
        show, opened = progress.is_stderr_watched() and not request.quiet, session.Session(supervisor)
        if request.reference:
            opened.require_solution(request.reference, request.timeout)
        listing = session.select_ops(opened.list_targets(request.targets, request.timeout), request.ops)
        listing = session.select_counterpart(listing, request.same_as) if request.same_as else listing
        with progress.show_progress(len(listing.ops), plan.examples, show) as display:
            supervisor.report_finding = display.tell
            run, interrupted = opened.check_ops(plan, listing, display.step)
    comparison = compare_with_baseline(request, before, run) if before else None
    write_results(request, outputs, run, comparison)
    if interrupted:
        return EXIT_INTERRUPTED
    code = determine_exit_code(run, request.fail_on, request.strict, bool(comparison and not comparison.holds))
    if code != 1 and run.complete:
        require_comparable(comparison)
    return code


def plan_check(request: CheckRequest) -> "Plan":
    """Make the plan of a request.  Raises UsageError for what cannot be checked, stopped in time or written."""
    from gradcheck.running import session
    from gradcheck.running.plan import Plan

    laws = session.select_laws(request.laws, request.skip)
    session.require_timeout_support(request.timeout)
    require_writable(request.save)
    return Plan(
        request.targets,
        laws,
        request.examples,
        request.seed,
        request.timeout,
        measure=bool(request.save or request.against),
        arbitrate_all=request.arbitrate == "all",
        solution=request.reference or "",
        largest=request.largest,
        same_as=request.same_as,
    )


def write_results(
    request: CheckRequest, outputs: Sequence[ReportOutput], run: "Run", comparison: "Comparison | None"
) -> None:
    """Write the report, beside the baseline where there is one, and then save the run.  Raises UsageError for what
    cannot be written, once all else is."""
    if comparison and not any(registry.load_renderer(output.form).shows_comparison for output in outputs):
        print_comparison(comparison)
    reports = [partial(write_output, out, run, comparison, request.quiet, request.verbose) for out in outputs]
    tell = partial(write_for_github, request, run, comparison)
    write_each((*reports, tell, partial(save_checked_run, request, run)))


def write_for_github(request: CheckRequest, run: "Run", comparison: "Comparison | None") -> None:
    """Tell a job of GitHub of the run where no format is asked for, unless that is switched off.  Raises
    UsageError."""
    if request.form is None and request.annotations and is_github_job():
        tell_github_job(run, comparison)


def save_checked_run(request: CheckRequest, run: "Run") -> None:
    """Save the run where that is asked for.  Raises UsageError."""
    if request.save:
        place = save_run(run, request.save, request.partial_reason, request.targets)
        tell_saved_place(place, request.save)


def collect_allowances(allow_missing: bool, allow_new: bool) -> dict[str, str]:
    """Collect why ops that are missing or new beside a baseline do not fail, by change."""
    return {change: "allowed" for change, is_allowed in (("missing", allow_missing), ("new", allow_new)) if is_allowed}


def keep_named_ops(run: "Run", ops: tuple[str, ...]) -> "Run":
    """Keep the results of the named ops, all where none is named."""
    return replace(run, results=tuple(result for result in run.results if result.op in ops)) if ops else run


def compare_with_baseline(request: CheckRequest, before: "Run", after: "Run") -> "Comparison":
    """Compare a run with its baseline, of which the ops that were named are kept."""
    from gradcheck.checking.baseline import compare_runs

    return compare_runs(keep_named_ops(before, request.ops), after, request.allowed)


def require_comparable(comparison: "Comparison | None") -> None:
    """Raise NotComparable, after the report, where some ops could not be compared."""
    from gradcheck.checking.baseline import NotComparable

    if comparison and comparison.incomparable:
        raise NotComparable("; ".join(comparison.incomparable))


def print_comparison(comparison: "Comparison") -> None:
    """Print on stderr the errors that are worse than in the baseline, and what else differs from it."""
    from gradcheck.checking.baseline import ErrorChange
    from gradcheck.report.content import describe_comparison, format_relative_error

    for row in comparison.regressions:
        now = "is no longer measured" if row.change is ErrorChange.LOST else f"is {format_relative_error(row.after)}"
        print_line(f"regression: {row.op}: {row.key} was {format_relative_error(row.before)}, {now}")
    for line in describe_comparison(comparison):
        print_line(line)


def print_line(text: str) -> None:
    """Print one line on stderr."""
    click.echo(f"gradcheck: {escape_unprintable(text)}", err=True)


def determine_exit_code(run: "Run", fail_on: str | None, strict: bool, regressed: bool) -> int:
    """Determine the exit code of a run that was not interrupted; 1 goes before 3."""
    from gradcheck.checking.outcome import (
        has_doubtful_status,
        has_failing_status,
        is_required_and_inconclusive,
    )

    verdicts = [verdict for result in run.results for verdict in result.verdicts]
    if regressed or any(has_failing_status(verdict, fail_on, strict) for verdict in verdicts):
        return 1
    unsure = bool(run.unchecked_parts) or any(map(has_doubtful_status, verdicts))
    inconclusive = not run.complete or any(map(is_required_and_inconclusive, verdicts))
    return 3 if inconclusive or (strict and unsure) else 0
