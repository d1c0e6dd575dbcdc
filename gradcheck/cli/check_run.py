"""The command `gradcheck check`: what it checks, saves and reports, and the code it exits with."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradcheck.cli.errors import EXIT_INTERRUPTED
from gradcheck.cli.files import emit_report, read_run, require_writable, write_file
from gradcheck.report import registry, render_run

if TYPE_CHECKING:
    from gradcheck.checking.baseline import Comparison
    from gradcheck.records.results import Run
    from gradcheck.running.plan import Plan


@dataclass(frozen=True)
class CheckRequest:
    """The arguments and options of `gradcheck check`, by their names; skip comes from the settings alone."""

    targets: tuple[str, ...]
    ops: tuple[str, ...]
    laws: tuple[str, ...]
    skip: tuple[str, ...]
    examples: int
    seed: int
    jobs: int | None
    arbitrate: str
    timeout: float | None
    fail_on: str | None
    strict: bool
    save: Path | None
    against: Path | None
    form: str
    output: Path | None
    quiet: bool


def run_check(request: CheckRequest) -> int:
    """Check ops, save the run, write the report, and return the exit code.

    Raises UsageError, TargetError, RunError and others before anything is checked, and NotComparable after the report.
    """
    from gradcheck.running import progress, session

    plan = plan_check(request)
    before = read_run(request.against) if request.against else None
    found = session.collect_ops(request.targets, request.ops)
    show = progress.is_stderr_watched() and not request.quiet
    with progress.show_progress(len(found), plan.examples, show) as step:
        run, interrupted = session.check_ops(plan, found, step, request.jobs)
    if request.save:
        write_file(run.to_json(), request.save)
    regressed = report_check(request, run, before and keep_named_ops(before, request.ops))
    return EXIT_INTERRUPTED if interrupted else determine_exit_code(run, request.fail_on, request.strict, regressed)


def plan_check(request: CheckRequest) -> "Plan":
    """Make the plan of a request.  Raises UsageError for what cannot be checked, stopped in time or written."""
    from gradcheck.running import session
    from gradcheck.running.plan import Plan

    laws = session.select_laws(request.laws, request.skip)
    session.require_timeout_support(request.timeout)
    for path in (request.save, request.output):
        require_writable(path)
    return Plan(
        request.targets,
        laws,
        request.examples,
        request.seed,
        request.timeout,
        measure=bool(request.save or request.against),
        arbitrate_all=request.arbitrate == "all",
    )


def report_check(request: CheckRequest, run: "Run", before: "Run | None") -> bool:
    """Write the report, beside the baseline where there is one.

    Returns whether errors regressed.  Raises NotComparable, after the report is written.
    """
    comparison, incomparable = compare_with_baseline(before, run)
    emit_report(render_run(run, request.form, comparison, request.quiet), request.output)
    if incomparable:
        raise incomparable
    if comparison and not registry.load_renderer(request.form).shows_comparison:
        print_regressions(comparison)
    return bool(comparison and comparison.regressions)


def keep_named_ops(run: "Run", ops: tuple[str, ...]) -> "Run":
    """Keep the results of the named ops, all where none is named."""
    return replace(run, results=tuple(result for result in run.results if result.op in ops)) if ops else run


def compare_with_baseline(before: "Run | None", after: "Run") -> "tuple[Comparison | None, Exception | None]":
    """Compare a run with its baseline.  Returns the comparison, or the reason why there is none."""
    from gradcheck.checking.baseline import NotComparable, compare_runs

    try:
        return (compare_runs(before, after) if before else None), None
    except NotComparable as error:
        return None, error


def print_regressions(comparison: "Comparison") -> None:
    """Print on stderr the errors that are worse than in the baseline, and those that are not in it."""
    from gradcheck.checking.baseline import ErrorChange
    from gradcheck.report.content import describe_additions, format_relative_error

    for row in comparison.regressions:
        now = "is no longer measured" if row.change is ErrorChange.LOST else f"is {format_relative_error(row.after)}"
        click.echo(
            f"gradcheck: regression: {row.op}: {row.key} was {format_relative_error(row.before)}, {now}", err=True
        )
    for line in describe_additions(comparison):
        click.echo(f"gradcheck: {line}", err=True)


def determine_exit_code(run: "Run", fail_on: str | None, strict: bool, regressed: bool) -> int:
    """Determine the exit code of a run that was not interrupted; 1 goes before 3."""
    from gradcheck.checking.outcome import (
        has_doubtful_status,
        has_failing_status,
        is_required_and_inconclusive,
    )

    verdicts = [verdict for result in run.results for verdict in result.verdicts]
    if regressed or any(has_failing_status(verdict, fail_on) for verdict in verdicts):
        return 1
    unsure = bool(run.unchecked_parts) or any(map(has_doubtful_status, verdicts))
    inconclusive = not run.complete or any(map(is_required_and_inconclusive, verdicts))
    return 3 if inconclusive or (strict and unsure) else 0
