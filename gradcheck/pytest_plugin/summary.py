"""The account of a session: what was found, beside the baseline where there is one."""

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
    """comparison: of the ops that are in the baseline and here, None without a baseline.  new: not in the baseline.

    missing: in the baseline, and not here.  excused: why they may be missing, "" where there is no reason.
    """

    run: Run
    comparison: Comparison | None = None
    new: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    excuse: str = ""

    @property
    def has_unexcused_missing(self) -> bool:
        """Whether something is missing without an excuse."""
        return bool(self.missing) and not self.excuse


def summarise_session(project: Project, run: Run, narrowed: bool) -> SessionSummary:
    """The account of a session.  narrowed: not all tests ran."""
    if project.baseline is None:
        return SessionSummary(run)
    old, new = project.baseline, {r.label: r for r in run.results if measuring_laws() & {v.law for v in r.verdicts}}
    rows = tuple(row for label in new if label in old for row in compare_op_errors(old[label], new[label]))
    added, missing = (tuple(sorted(a - b)) for a, b in ((new.keys(), old.keys()), (old.keys(), new.keys())))
    excused = "not all tests ran" if narrowed else "allowed" if project.allow_missing else ""
    return SessionSummary(run, Comparison(rows), added, missing, excused)


def compare_op_errors(before: OpResult, after: OpResult) -> tuple[ErrorComparison, ...]:
    """The errors of an op, row by row; none where they cannot be compared, which its test says."""
    try:
        return compare_op_results([(before, after)]).rows
    except NotComparable:
        return ()


def format_summary_lines(account: SessionSummary) -> Iterator[str]:
    """What the terminal shows in the end."""
    report = content.build_report(account.run, account.comparison)
    yield report.answer
    if report.table.rows:
        yield from ("", text.render_text_table(report.table))
    if report.regressions:
        yield from ("", "Regressions", "", text.render_text_table(report.regressions))
    added = list(content.describe_additions(account.comparison)) if account.comparison else []
    if added or account.new or account.missing:
        yield from ("", *added)
    if account.new:
        yield f"new, not in the baseline: {', '.join(account.new)}"
    if account.missing:
        yield describe_missing_ops(account)


def describe_missing_ops(account: SessionSummary) -> str:
    """What there is to say of missing ops: their number where they may be, else their names."""
    if account.excuse:
        return f"{pluralise(len(account.missing), 'op')} of the baseline not checked ({account.excuse})"
    names = ", ".join(account.missing)
    return f"in the baseline, but missing: {names}; save a new baseline, or allow it with --gradcheck-allow-missing"
