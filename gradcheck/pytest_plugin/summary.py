"""The summary of a session: its run, and the comparison with the baseline where there is one."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gradcheck.checking.baseline import Comparison, compare_runs
from gradcheck.escaping import escape_unprintable
from gradcheck.laws.registry import measuring_laws
from gradcheck.pytest_plugin.project import Project
from gradcheck.records.measured_run import MeasuredRun
from gradcheck.records.results import Run
from gradcheck.report import content, text
from gradcheck.report.context import ReportContext
from gradcheck.report.screen import PAPER, Screen


@dataclass(frozen=True)
class SessionSummary:
    """The run of a session, with what it is reported with.  is_partial: not all tests ran."""

    run: Run
    context: ReportContext
    is_partial: bool = False

    @property
    def comparison(self) -> Comparison | None:
        """The comparison with the baseline, None where there is none."""
        return self.context.comparison

    @property
    def has_unallowed_ops(self) -> bool:
        """Whether ops are missing or new that may not be."""
        return self.comparison is not None and self.comparison.has_unallowed_ops


def summarise_session(project: Project, run: Run, is_partial: bool) -> SessionSummary:
    """Summarise a session.  is_partial: not all tests ran."""
    comparison = compare_session(project, run, is_partial)
    history = project.history.extend(run, project.root) if project.history and run.results else None
    return SessionSummary(run, ReportContext(comparison, history, folder=project.kept), is_partial)


def compare_session(project: Project, run: Run, is_partial: bool) -> Comparison | None:
    """Compare the errors of a run with the baseline of its project; None where there is none."""
    if project.baseline is None:
        return None
    measured = [r for r in run.results if measuring_laws() & {v.law for v in r.verdicts}]
    allowed = {"missing": "allowed"} if project.allow_missing else {}
    allowed |= {"missing": "not all tests ran"} if is_partial else {}
    allowed |= {"new": "allowed"} if project.allow_new else {}
    after = MeasuredRun.of_run(replace(run, results=tuple(measured)))
    return compare_runs(project.baseline, after, allowed, project.rules, is_partial)


def format_summary_lines(summary: SessionSummary, screen: Screen = PAPER) -> Iterator[str]:
    """Write the lines that the terminal shows at the end."""
    report = content.build_report(summary.run, summary.comparison)
    yield escape_unprintable(report.answer)
    yield from filter(None, [escape_unprintable(report.searched)])
    if report.table.rows:
        yield from ("", text.render_text_table(report.table, screen))
    yield from text.render_text_list("Not checked", report.not_checked)
    if report.regressions:
        yield from ("", "Regressions", "", text.render_text_table(report.regressions, screen))
    if summary.comparison:
        lines = content.describe_comparison(summary.comparison, "--gradcheck-allow-")
        yield from text.render_text_list(content.BESIDE_TITLE, lines)
