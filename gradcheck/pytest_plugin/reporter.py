"""The results of all tests, collected by the process that reports, and the summary and files at the end."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin.project import CRASH_FOLDER_KEY, PROJECT_KEY
from gradcheck.pytest_plugin.selection import is_partial_run

if TYPE_CHECKING:
    from gradcheck.cli.outputs import ReportOutput
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
        self.notices: list[str] = []
        self.failures: list[str] = []
        self.annotations: list[str] = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Pass the folder of crash records to a worker of xdist."""
        node.workerinput[CRASH_FOLDER_KEY] = str(self.crash_folder)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the runs that a test attached, once it is over."""
        if report.when == "teardown":
            from gradcheck.pytest_plugin import run_records

            self.runs += run_records.extract_runs(report)

    @pytest.hookimpl(trylast=True)  # the workers of xdist are gone by then
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Summarise the session, write its files, and fail it where ops are missing or new beside the baseline, or a
        file cannot be written."""
        complete, project = exitstatus in UNINTERRUPTED_EXITS, self.project
        crashed = self.read_crashed_ops() if complete else []
        if not (self.runs or crashed or project.reports or project.measures_errors):
            return
        from gradcheck.pytest_plugin import run_records, summary

        run = run_records.build_run(self.runs, project.choices, crashed, complete)
        self.session_summary = summary.summarise_session(project, run, is_partial_run(session) or not complete)
        self.write_files(self.session_summary)
        if run.results:
            self.config.hook.pytest_gradcheck_report(config=self.config, run=run)
        if self.session_summary.has_unallowed_ops and complete:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        comparison = self.session_summary.comparison
        if comparison is not None and comparison.apart:
            self.failures.append(f"not comparable: {comparison.apart}")
        if self.failures:
            session.exitstatus = pytest.ExitCode.USAGE_ERROR
        if not self.config.pluginmanager.has_plugin("terminalreporter"):
            print(*self.messages, sep="\n", end="\n" * bool(self.messages), file=sys.stderr)

    def read_crashed_ops(self) -> "list[OpResult]":
        """Read the results of the ops that crashed a worker."""
        if not self.crash_folder.exists():
            return []
        from gradcheck.pytest_plugin import xdist_crashes

        return list(xdist_crashes.read_crash_records(self.crash_folder))

    def pytest_unconfigure(self) -> None:
        """Remove the crash records."""
        shutil.rmtree(self.crash_folder, ignore_errors=True)

    @property
    def messages(self) -> list[str]:
        """What is said about the files that were written and those that could not be, and the annotations."""
        return [*(f"gradcheck: {text}" for text in (*self.notices, *self.failures)), *self.annotations]

    def write_files(self, summary: "SessionSummary") -> None:
        """Write the reports and the saved run, where the options name them, and tell a job of GitHub; one that fails
        keeps no other from it."""
        from gradcheck.cli.outputs import choose_outputs

        reports = choose_outputs(None, self.project.reports) if self.project.reports else ()
        writers: list[Callable[[SessionSummary], None]] = [partial(self.write_report, output) for output in reports]
        for write in (*writers, self.save_run, self.append_to_history, self.tell_github_job):
            try:
                write(summary)
            except ValueError as error:
                self.failures.append(str(error))

    def write_report(self, output: "ReportOutput", summary: "SessionSummary") -> None:
        """Write one report.  Raises UsageError."""
        from gradcheck.cli.files import write_file

        if output.file:
            write_file(self.render(output.form, summary), output.file)

    def render(self, form: str, summary: "SessionSummary") -> str:
        """Render the run of a session in a format."""
        from gradcheck.report import render_run

        return render_run(summary.run, form, summary.context)

    def tell_github_job(self, summary: "SessionSummary") -> None:
        """In a job of GitHub, keep the annotations to be printed, and append the summary of the job, unless that is
        switched off.  Raises UsageError."""
        from gradcheck.cli.github_job import append_job_summary, is_github_job

        if self.project.annotations and is_github_job():
            self.annotations = self.render("github", summary).splitlines()
            append_job_summary(summary.run, summary.context)

    def append_to_history(self, summary: "SessionSummary") -> None:
        """Append the run to the history, where the options name its file.  Raises UsageError."""
        if self.project.history and summary.context.history:
            self.project.history.append_last(summary.context.history)

    def save_run(self, summary: "SessionSummary") -> None:
        """Save the run, where the options name its file.  Raises UsageError."""
        from gradcheck.cli import files

        if path := self.project.save:
            place = files.save_run(summary.run, path, "not all tests ran" if summary.is_partial else "")
            if place.kept:
                self.notices.append(files.describe_saved_place(place, path))

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        """Show the answer, the table, the comparison with the baseline, which files could not be written, and the
        annotations."""
        if self.session_summary is None:
            return
        from gradcheck.pytest_plugin import summary
        from gradcheck.report.screen import Screen

        writer = self.config.get_terminal_writer()
        has_width = terminalreporter.isatty or os.environ.get("COLUMNS", "").isdecimal()
        screen = Screen(writer.fullwidth if has_width else None, writer.hasmarkup)
        terminalreporter.section("gradcheck")
        terminalreporter.write_line("\n".join(summary.format_summary_lines(self.session_summary, screen)))
        for line in self.messages:
            terminalreporter.write_line(line)
