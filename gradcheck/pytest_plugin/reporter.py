"""The results of all tests, collected by the process that reports, and the summary and files at the end."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin.project import CRASH_FOLDER_KEY, PROJECT_KEY
from gradcheck.pytest_plugin.selection import is_partial_run

if TYPE_CHECKING:
    from gradcheck.pytest_plugin.summary import SessionSummary
    from gradcheck.records.results import OpResult, Run

UNINTERRUPTED_EXITS = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
"""The exit codes of a session that was not interrupted."""


class SessionReporter:
    """Collects results and reports them; a plugin registered in the controller alone."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, self.project = config, config.stash[PROJECT_KEY]
        self.crash_folder = Path(tempfile.gettempdir(), f"gradcheck-{os.urandom(16).hex()}")
        self.runs: list[Run] = []
        self.session_summary: SessionSummary | None = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Pass the folder of crash records to a worker of xdist."""
        node.workerinput[CRASH_FOLDER_KEY] = str(self.crash_folder)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the runs that a test attached, once it is over."""
        if report.when == "teardown":
            from gradcheck.pytest_plugin import run_records

            self.runs += run_records.extract_runs(report.user_properties)

    @pytest.hookimpl(trylast=True)  # the workers of xdist are gone by then
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Summarise the session, write its files, and fail it where ops of the baseline are missing."""
        complete, project = exitstatus in UNINTERRUPTED_EXITS, self.project
        crashed = self.read_crashed_ops() if complete else []
        if not (self.runs or crashed or project.save or project.report or project.baseline is not None):
            return
        from gradcheck.pytest_plugin import run_records, summary

        run = run_records.build_run(self.runs, project.choices, crashed, complete)
        self.session_summary = summary.summarise_session(project, run, is_partial_run(session) or not complete)
        self.write_files(self.session_summary)
        if run.results:
            self.config.hook.pytest_gradcheck_report(config=self.config, run=run)
        if self.session_summary.has_unexcused_missing and complete:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def read_crashed_ops(self) -> "list[OpResult]":
        """Read the results of the ops that crashed a worker."""
        if not self.crash_folder.exists():
            return []
        from gradcheck.pytest_plugin import xdist_crashes

        return list(xdist_crashes.read_crash_records(self.crash_folder))

    def pytest_unconfigure(self) -> None:
        """Remove the crash records."""
        shutil.rmtree(self.crash_folder, ignore_errors=True)

    def write_files(self, summary: "SessionSummary") -> None:
        """Write the saved run and the report, where the options name them.  Raises UsageError."""
        from gradcheck.cli.files import write_file
        from gradcheck.report.registry import find_renderer_of_file

        project, run = self.project, summary.run
        try:
            if project.save:
                write_file(run.to_json(), project.save)
            if project.report:
                renderer = find_renderer_of_file(project.report)
                text = renderer.render(run, summary.comparison, brief=False, folder=project.kept)
                write_file(text, project.report)
        except ValueError as error:
            raise pytest.UsageError(f"gradcheck: {error}") from None

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        """Show the answer, the table, and the comparison with the baseline."""
        if self.session_summary is not None:
            from gradcheck.pytest_plugin import summary

            terminalreporter.section("gradcheck")
            terminalreporter.write_line("\n".join(summary.format_summary_lines(self.session_summary)))
