"""The summary of a session: its run, and the comparison with the baseline where there is one."""

from collections.abc import Iterator
from dataclasses import dataclass

from gradcheck.checking.baseline import Comparison, ErrorComparison, NotComparable, compare_op_results
from gradcheck.formatting import pluralise
from gradcheck.laws.registry import measuring_laws
from gradcheck.pytest_plugin.project import Project
from gradcheck.records.results import OpResult, Run
from gradcheck.report import content, text


@dataclass(frozen=True)
class SessionSummary:
    """The run of a session, beside a baseline.

    comparison: of the ops of both, None without a baseline.  new: ops that are not in the baseline.
    missing: ops of the baseline that were not checked.  excuse: why they may be missing, "" where they may not.
    """

    run: Run
    comparison: Comparison | None = None
    new: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    excuse: str = ""

    @property
    def has_unexcused_missing(self) -> bool:
        """Whether ops are missing that may not."""
        return bool(self.missing) and not self.excuse


def summarise_session(project: Project, run: Run, is_partial: bool) -> SessionSummary:
    """Summarise a session.  is_partial: not all tests ran."""
    if project.baseline is None:
        return SessionSummary(run)
    old, new = project.baseline, {r.label: r for r in run.results if measuring_laws() & {v.law for v in r.verdicts}}
    rows = tuple(row for label in new if label in old for row in compare_op_errors(old[label], new[label]))
    added, missing = (tuple(sorted(a - b)) for a, b in ((new.keys(), old.keys()), (old.keys(), new.keys())))
    excuse = "not all tests ran" if is_partial else "allowed" if project.allow_missing else ""
    return SessionSummary(run, Comparison(rows), added, missing, excuse)


def compare_op_errors(before: OpResult, after: OpResult) -> tuple[ErrorComparison, ...]:
    """Compare the errors of an op, row by row; none where they cannot be compared, for which its test fails."""
    try:
        return compare_op_results([(before, after)]).rows
    except NotComparable:
        return ()


def format_summary_lines(summary: SessionSummary) -> Iterator[str]:
    """Write the lines that the terminal shows at the end."""
    report = content.build_report(summary.run, summary.comparison)
    yield report.answer
    if report.table.rows:
        yield from ("", text.render_text_table(report.table))
    if report.regressions:
        yield from ("", "Regressions", "", text.render_text_table(report.regressions))
    added = list(content.describe_additions(summary.comparison)) if summary.comparison else []
    if added or summary.new or summary.missing:
        yield from ("", *added)
    if summary.new:
        yield f"new, not in the baseline: {', '.join(summary.new)}"
    if summary.missing:
        yield describe_missing_ops(summary)


def describe_missing_ops(summary: SessionSummary) -> str:
    """Describe the missing ops: their number where they may be missing, else their names."""
    if summary.excuse:
        return f"{pluralise(len(summary.missing), 'op')} of the baseline not checked ({summary.excuse})"
    names = ", ".join(summary.missing)
    return f"in the baseline, but missing: {names}; save a new baseline, or allow it with --gradcheck-allow-missing"
