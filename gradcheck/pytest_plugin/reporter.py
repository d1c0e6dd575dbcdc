"""The ledger: what all tests found, kept by the process that reports, and what is said and written in the end."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin.options import FORMS
from gradcheck.pytest_plugin.project import PROJECT
from gradcheck.pytest_plugin.selection import narrowed

if TYPE_CHECKING:
    from gradcheck.pytest_plugin.summary import Account
    from gradcheck.records.results import OpResult

AT_ITS_END = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
"""How a session exits that was not interrupted."""


class Ledger:
    """A plugin of its own, registered in the controller alone."""

    def __init__(self, config: pytest.Config) -> None:
        self.config, self.project = config, config.stash[PROJECT]
        self.notes = Path(tempfile.gettempdir(), f"gradcheck-{os.urandom(16).hex()}")
        self.lines: list[str] = []
        self.account: Account | None = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of xdist where to leave word of ops that may take it down."""
        node.workerinput["gradcheck_notes"] = str(self.notes)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the records of a test that is over."""
        if report.when == "teardown":
            from gradcheck.pytest_plugin import run_records  # noqa: PLC0415

            self.lines += run_records.lines(report.user_properties)

    @pytest.hookimpl(trylast=True)  # the workers of xdist are gone by then
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Draw the account, write what was asked for, and fail a session in which ops of the baseline were missing."""
        complete, project = exitstatus in AT_ITS_END, self.project
        dead = self.dead() if complete else []
        if not (self.lines or dead or project.save or project.report or project.baseline is not None):
            return
        from gradcheck.pytest_plugin import run_records, summary  # noqa: PLC0415

        run = run_records.gathered(self.lines, project.choices, dead, complete)
        self.account = summary.drawn(project, run, narrowed(session) or not complete)
        self.write(self.account)
        if run.results:
            self.config.hook.pytest_gradcheck_report(config=self.config, run=run)
        if self.account.fails and complete:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def dead(self) -> "list[OpResult]":
        """The ops that took a worker down."""
        if not self.notes.exists():
            return []
        from gradcheck.pytest_plugin import xdist_crashes  # noqa: PLC0415

        return list(xdist_crashes.left(self.notes))

    def pytest_unconfigure(self) -> None:
        """Remove what workers left."""
        shutil.rmtree(self.notes, ignore_errors=True)

    def write(self, account: "Account") -> None:
        """Write the files that were asked for.  Raises UsageError."""
        from gradcheck.cli.files import write_file  # noqa: PLC0415
        from gradcheck.report import render_run  # noqa: PLC0415

        project, run = self.project, account.run
        try:
            if project.save:
                write_file(run.to_json(), project.save)
            if project.report:
                form = FORMS[project.report.suffix]
                write_file(render_run(run, form, account.comparison, folder=project.kept), project.report)
        except ValueError as error:
            raise pytest.UsageError(f"gradcheck: {error}") from None

    def pytest_terminal_summary(self, terminalreporter: "pytest.TerminalReporter") -> None:
        """Answer and table, and what there is to say of the baseline."""
        if self.account is not None:
            from gradcheck.pytest_plugin import summary  # noqa: PLC0415

            terminalreporter.section("gradcheck")
            terminalreporter.write_line("\n".join(summary.lines(self.account)))
