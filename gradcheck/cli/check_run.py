"""The command `gradcheck check`: what it checks, saves and reports, and the code it exits with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gradcheck.cli.errors import EXIT_INTERRUPTED
from gradcheck.cli.files import read_baseline, require_writable, save_run, tell_saved_place, write_each
from gradcheck.cli.github_job import is_github_job, tell_github_job
from gradcheck.cli.outputs import ReportOutput, choose_outputs, write_output
from gradcheck.escaping import escape_unprintable
from gradcheck.report import registry

if TYPE_CHECKING:
    from gradcheck.checking.baseline import Comparison
    from gradcheck.checking.regression_rule import RegressionRules
    from gradcheck.cli.kept_history import KeptHistory
    from gradcheck.records.measured_run import MeasuredRun
    from gradcheck.records.results import Run
    from gradcheck.report.context import ReportContext
    from gradcheck.running.plan import Plan
    from gradcheck.running.supervisor import Supervisor


@dataclass(frozen=True)
class CheckRequest:
    """The arguments and options of `gradcheck check`, by their names; skip and regression come from the settings alone,
    same_as from `gradcheck vectors`: the op of the library whose golden vectors are the cases."""

    targets: tuple[str, ...] = ()
    ops: tuple[str, ...] = ()
    laws: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    examples: int = 100
    largest: int | None = None
    seed: int = 0
    jobs: int | None = None
    arbitrate: str = "first"
    timeout: float | None = None
    reference: str | None = None
    fail_on: str | None = None
    strict: bool = False
    save: Path | None = None
    against: Path | None = None
    allow_missing: bool = False
    allow_new: bool = False
    form: str | None = None
    output: tuple[Path, ...] = ()
    quiet: bool = False
    verbose: bool = False
    annotations: bool = True
    same_as: str = ""
    history: Path | None = None
    factor: float | None = None
    floor: float | None = None
    regression: Mapping[str, Any] = field(default_factory=dict)

    @property
    def allowed(self) -> dict[str, str]:
        """Why ops that are missing or new beside a baseline do not fail."""
        return collect_allowances(self.allow_missing, self.allow_new)

    @property
    def rules(self) -> "RegressionRules":
        """The rules by which errors regress."""
        return make_rules(self.regression, self.factor, self.floor)

    @property
    def partial_reason(self) -> str:
        """Why not all ops and laws are checked, "" where they are."""
        return "only some ops were asked for" if self.ops else "only some laws were" if self.laws or self.skip else ""


def run_check(request: CheckRequest) -> int:
    """Check ops, write the report, save the run, and return the exit code.

    Raises UsageError, TargetError, RunError and others before anything is checked, and after the report NotComparable,
    and UsageError for files that could not be written.
    """
    from gradcheck.cli.kept_history import KeptHistory
    from gradcheck.report.context import ReportContext
    from gradcheck.running.supervisor import open_supervisor

    with open_supervisor(request.jobs) as supervisor:  # a worker starts while the rest is imported here
        plan, outputs = plan_check(request), choose_outputs(request.form, request.output)
        before = read_baseline(request.against) if request.against else None
        kept = KeptHistory.open(request.history) if request.history else None
        require_same_seed(before, request.seed)
        run, interrupted = check_targets(request, plan, supervisor)
    comparison = compare_with_baseline(request, before, run) if before is not None else None
    history = kept.extend(run, Path.cwd()) if kept else None
    write_results(request, outputs, run, ReportContext(comparison, history, request.quiet), kept)
    if interrupted:
        return EXIT_INTERRUPTED
    code = determine_exit_code(run, request.fail_on, request.strict, bool(comparison and not comparison.holds))
    if code != 1 and run.complete:
        require_comparable(comparison)
    return code


def check_targets(request: CheckRequest, plan: "Plan", supervisor: "Supervisor") -> tuple["Run", bool]:
    """Check the ops of the targets of a request.  Returns the run, and whether it was interrupted."""
    from gradcheck.running import progress, session

    show, opened = progress.is_stderr_watched() and not request.quiet, session.Session(supervisor)
    if request.reference:
        opened.require_solution(request.reference, request.timeout)
    listing = session.select_ops(opened.list_targets(request.targets, request.timeout), request.ops)
    listing = session.select_counterpart(listing, request.same_as) if request.same_as else listing
    with progress.show_progress(len(listing.ops), plan.examples, show) as display:
        supervisor.report_finding = display.tell
        return opened.check_ops(plan, listing, display.step)


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
        measure=bool(request.save or request.against or request.history),
        arbitrate_all=request.arbitrate == "all",
        solution=request.reference or "",
        largest=request.largest,
        same_as=request.same_as,
    )


def write_results(
    request: CheckRequest,
    outputs: Sequence[ReportOutput],
    run: "Run",
    context: "ReportContext",
    kept: "KeptHistory | None",
) -> None:
    """Write the report, beside the baseline where there is one, then save the run and append it to the history.  Raises
    UsageError for what cannot be written, once all else is."""
    comparison = context.comparison
    if comparison and not any(registry.load_renderer(output.form).shows_comparison for output in outputs):
        print_comparison(comparison)
    reports = [partial(write_output, out, run, context, request.verbose) for out in outputs]
    tell = partial(write_for_github, request, run, context)
    append = [partial(kept.append_last, context.history)] if kept and context.history else []
    write_each((*reports, tell, partial(save_checked_run, request, run), *append))


def write_for_github(request: CheckRequest, run: "Run", context: "ReportContext") -> None:
    """Tell a job of GitHub of the run where no format is asked for, unless that is switched off.  Raises
    UsageError."""
    if request.form is None and request.annotations and is_github_job():
        tell_github_job(run, context)


def save_checked_run(request: CheckRequest, run: "Run") -> None:
    """Save the run where that is asked for.  Raises UsageError."""
    if request.save:
        place = save_run(run, request.save, request.partial_reason, request.targets)
        tell_saved_place(place, request.save)


def make_rules(table: Mapping[str, Any], factor: float | None, floor: float | None) -> "RegressionRules":
    """Make the rules by which errors regress, of the settings and of options that go before them."""
    from gradcheck.checking.regression_rule import RegressionRules

    given = {name: value for name, value in (("factor", factor), ("floor", floor)) if value is not None}
    return RegressionRules.from_table({**table, **given})


def collect_allowances(allow_missing: bool, allow_new: bool) -> dict[str, str]:
    """Collect why ops that are missing or new beside a baseline do not fail, by change."""
    return {change: "allowed" for change, is_allowed in (("missing", allow_missing), ("new", allow_new)) if is_allowed}


def compare_with_baseline(request: CheckRequest, before: "MeasuredRun", after: "Run") -> "Comparison":
    """Compare a run with its baseline, of which the ops that were named are kept."""
    from gradcheck.checking.baseline import compare_runs
    from gradcheck.records.measured_run import MeasuredRun

    kept, is_partial = before.select(request.ops), bool(request.ops)
    return compare_runs(kept, MeasuredRun.of_run(after), request.allowed, request.rules, is_partial)


def require_same_seed(before: "MeasuredRun | None", seed: int) -> None:
    """Raise NotComparable, before anything is checked, for a baseline that was made with another seed."""
    from gradcheck.checking.baseline import NotComparable, describe_other_seed

    if before is not None and before.seed != seed:
        raise NotComparable(f"not comparable: {describe_other_seed(before.seed, seed)}")


def require_comparable(comparison: "Comparison | None") -> None:
    """Raise NotComparable, after the report, where some ops could not be compared."""
    from gradcheck.checking.baseline import NotComparable

    if comparison and comparison.reasons:
        raise NotComparable(f"not comparable: {'; '.join(comparison.reasons)}")


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
