"""The ledger: what all tests found, kept by the process that reports, and what is said and written in the end."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin.project import PROJECT_KEY
from gradcheck.pytest_plugin.selection import is_partial_run

if TYPE_CHECKING:
    from gradcheck.pytest_plugin.summary import SessionSummary
    from gradcheck.records.results import OpResult

UNINTERRUPTED_EXITS = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
"""How a session exits that was not interrupted."""


class SessionReporter:
    """A plugin of its own, registered in the controller alone."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, self.project = config, config.stash[PROJECT_KEY]
        self.notes = Path(tempfile.gettempdir(), f"gradcheck-{os.urandom(16).hex()}")
        self.lines: list[str] = []
        self.session_summary: SessionSummary | None = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of xdist where to leave word of ops that may take it down."""
        node.workerinput["gradcheck_notes"] = str(self.notes)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the records of a test that is over."""
        if report.when == "teardown":
            from gradcheck.pytest_plugin import run_records  # noqa: PLC0415

            self.lines += run_records.extract_records(report.user_properties)

    @pytest.hookimpl(trylast=True)  # the workers of xdist are gone by then
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Draw the account, write what was asked for, and fail a session in which ops of the baseline were missing."""
        complete, project = exitstatus in UNINTERRUPTED_EXITS, self.project
        dead = self.read_crashed_ops() if complete else []
        if not (self.lines or dead or project.save or project.report or project.baseline is not None):
            return
        from gradcheck.pytest_plugin import run_records, summary  # noqa: PLC0415

        run = run_records.build_run(self.lines, project.choices, dead, complete)
        self.session_summary = summary.summarise_session(project, run, is_partial_run(session) or not complete)
        self.write(self.session_summary)
        if run.results:
            self.config.hook.pytest_gradcheck_report(config=self.config, run=run)
        if self.session_summary.has_unexcused_missing and complete:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def read_crashed_ops(self) -> "list[OpResult]":
        """The ops that took a worker down."""
        if not self.notes.exists():
            return []
        from gradcheck.pytest_plugin import xdist_crashes  # noqa: PLC0415

        return list(xdist_crashes.read_crash_notes(self.notes))

    def pytest_unconfigure(self) -> None:
        """Remove what workers left."""
        shutil.rmtree(self.notes, ignore_errors=True)

    def write(self, account: "SessionSummary") -> None:
        """Write the files that were asked for.  Raises UsageError."""
        from gradcheck.cli.files import write_file  # noqa: PLC0415
        from gradcheck.report.registry import find_renderer_of_file  # noqa: PLC0415

        project, run = self.project, account.run
        try:
            if project.save:
                write_file(run.to_json(), project.save)
            if project.report:
                renderer = find_renderer_of_file(project.report)
                text = renderer.render(run, account.comparison, brief=False, folder=project.kept)
                write_file(text, project.report)
        except ValueError as error:
            raise pytest.UsageError(f"gradcheck: {error}") from None

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        """Answer and table, and what there is to say of the baseline."""
        if self.session_summary is not None:
            from gradcheck.pytest_plugin import summary  # noqa: PLC0415

            terminalreporter.section("gradcheck")
            terminalreporter.write_line("\n".join(summary.format_summary_lines(self.session_summary)))
