"""The content of the page of a run, without markup."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gradcheck.checking.baseline import Comparison, ErrorChange, ErrorComparison
from gradcheck.escaping import cut_text
from gradcheck.records.history import History
from gradcheck.records.results import OpResult, Run
from gradcheck.records.status import FAILING_STATUSES, UNDECIDED_STATUSES, Status
from gradcheck.report.answer import compose_comparison_answer, compose_verdict, describe_completeness
from gradcheck.report.content import (
    Report,
    build_report,
    describe_comparison,
    describe_silent_witnesses,
    explain_verdicts,
    format_relative_error,
)
from gradcheck.report.context import ReportContext
from gradcheck.report.html.change_strip import draw_change_strip
from gradcheck.report.html.op_section import OpSection, build_op_section
from gradcheck.report.trends import describe_breaks, describe_history, draw_trends

WORST_FIRST = (ErrorChange.REGRESSED, ErrorChange.LOST, ErrorChange.NEW, ErrorChange.IMPROVED)
"""The changes that a page lists, in this order."""


@dataclass(frozen=True)
class Figure:
    """A number at the top of the page, and what it counts.  tone: the class of its colour, "" for none."""

    number: str
    words: str
    tone: str = ""


@dataclass(frozen=True)
class ChangedError:
    """An error that is another one than in the baseline."""

    op: str
    of: str
    before: str
    after: str
    strip: Any
    change: ErrorChange
    tone: str


@dataclass(frozen=True)
class ComparedRun:
    """The comparison with a baseline: the errors that changed, and what became of the ops."""

    changes: tuple[ChangedError, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Trends:
    """The history that a run is the last of: what it holds, a plot for each op, and what changed beside the errors."""

    described: str
    plots: Any
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class RunPage:
    """The page of a run.

    answer: without what was not checked, which has a part of its own.  report: its table and findings.  figures: the
    numbers beside the answer.  unexamined: what was not looked at, with the reasons.  compared: None where there is no
    baseline.  trends: None where no history is kept.  basis: what the figures depend on.
    """

    answer: str
    report: Report
    figures: tuple[Figure, ...]
    unexamined: tuple[str, ...]
    compared: ComparedRun | None
    trends: Trends | None
    ops: tuple[OpSection, ...]
    notes: tuple[str, ...]
    basis: str


def build_run_page(run: Run, context: ReportContext) -> RunPage:
    """Build the page of a run."""
    comparison, history = context.comparison, context.history
    report = build_report(run, comparison, context.folder)
    unexamined = (*report.not_checked, *explain_unexamined(run))
    left_out = [Figure(str(len(unexamined)), "not examined", "warned")] if unexamined else []
    beside = [compose_comparison_answer(comparison)] if comparison else []
    return RunPage(
        " ".join([f"{compose_verdict(run.results)}.{describe_completeness(run)}", *beside]),
        report,
        (*count_results(run), *left_out),
        unexamined,
        compare_errors(comparison) if comparison else None,
        show_trends(history) if history else None,
        tuple(build_op_section(result, place) for place, result in enumerate(run.results, 1)),
        tuple(describe_silent_witnesses(run.results)),
        ", ".join([f"seed {run.seed}", f"{run.examples} cases", *map(" ".join, sorted(run.environment.items()))]),
    )


def count_results(run: Run) -> Iterator[Figure]:
    """Count the ops of a run by their status, and the cases and lines that were looked at."""
    yield Figure(str(len(run.results)), "op" if len(run.results) == 1 else "ops")
    yield from (
        Figure(str(count), words, tone)
        for words, tone, statuses in (
            ("failing", "wrong", FAILING_STATUSES),
            ("in doubt", "warned", UNDECIDED_STATUSES),
            ("holding, with a warning", "warned", [Status.WARNING]),
            ("holding", "right", [Status.PASSED, Status.INAPPLICABLE]),
        )
        if (count := count_with_status(run.results, statuses))
    )
    yield Figure(f"{sum(result.cases for result in run.results):,}", "cases")
    lines = sum(result.searched.lines for result in run.results)
    if lines:
        reached = sum(result.searched.lines_reached for result in run.results)
        yield Figure(f"{int(100 * reached / lines)} %", f"of {lines:,} lines reached")


def count_with_status(results: Iterable[OpResult], statuses: Iterable[Status]) -> int:
    """Count the ops that have one of these statuses."""
    count = Counter(result.status for result in results)
    return sum(count[status] for status in statuses)


def explain_unexamined(run: Run) -> Iterator[str]:
    """Say which ops were left without a result, and which laws could not judge, with the reasons."""
    yield from (f"{cut_text(name)}: the run was interrupted" for name in run.unexamined)
    for result in run.results:
        undecided = [v for v in result.verdicts if v.status in UNDECIDED_STATUSES]
        yield from (f"{cut_text(result.label)}: {line}" for line in explain_verdicts(undecided))


def compare_errors(comparison: Comparison) -> ComparedRun:
    """Describe what changed since the baseline, the worst first."""
    rows = [row for change in WORST_FIRST for row in comparison.changed(change)]
    return ComparedRun(tuple(map(describe_change, rows)), tuple(describe_comparison(comparison)))


def show_trends(history: History) -> Trends:
    """Draw the trends of the ops, and tell what changed beside them."""
    from markupsafe import Markup

    return Trends(describe_history(history), Markup(draw_trends(history)), tuple(describe_breaks(history)))


def describe_change(row: ErrorComparison) -> ChangedError:
    """Describe an error before and after."""
    before, after = map(format_relative_error, (row.before, row.after))
    tone = "wrong" if row.is_setback else "right" if row.change is ErrorChange.IMPROVED else "open"
    return ChangedError(
        cut_text(row.op), cut_text(str(row.key)), before, after, draw_change_strip(row), row.change, tone
    )
