"""The pytest plugin: ops of a project as tests, and the fixture `gradcheck` for tests of one's own.

Every project that has gradcheck installed loads it, so nothing heavy is imported before the first op is collected.
"""

from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.pytest_plugin import hookspecs, host_check, marker, options, outcomes, project, run_records, workers
from gradcheck.pytest_plugin.reporter import SessionReporter

if TYPE_CHECKING:
    from gradcheck.pytest_plugin.collectors import OpsFile
    from gradcheck.pytest_plugin.fixture import GradcheckFixture


@pytest.fixture
def gradcheck(request: pytest.FixtureRequest) -> "GradcheckFixture":
    """Check a hand-written backward pass: gradcheck(op), or gradcheck(forward, backward, x=np.ones((3, 4)))."""
    from gradcheck.pytest_plugin.fixture import GradcheckFixture

    return GradcheckFixture(request.node)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the hooks by which projects add ops and read the run."""
    pluginmanager.add_hookspecs(hookspecs)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options --gradcheck-*."""
    options.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the settings.  Raises UsageError, before anything runs, where they cannot be used."""
    config.addinivalue_line("markers", marker.MARKER_DECLARATION)
    try:
        config.stash[project.PROJECT_KEY] = project.read_project(config)
        if not hasattr(config, "workerinput"):
            project.verify_project(config.stash[project.PROJECT_KEY])
    except ValueError as error:
        raise pytest.UsageError(f"gradcheck: {error}") from None
    host_check.keep_stderr(config)
    project.add_ops_to_arguments(config)
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(SessionReporter(config), "gradcheck-reporter")


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the worker processes."""
    workers.close_session(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "OpsFile | None":
    """Collect the pyproject.toml, where its table names ops or hooks add some."""
    config = parent.config
    if file_path != config.stash[project.PROJECT_KEY].file or not project.has_ops(config):
        return None
    from gradcheck.pytest_plugin.collectors import OpsFile

    return OpsFile.from_parent(parent, path=file_path)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Check the markers of collected tests."""
    report = yield
    marker.validate_markers(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Hand the results of a test over to its report, and shorten a failure to one line in the short summary."""
    report = yield
    outcomes.shorten_crash_message(report, call)
    run_records.hand_over_runs(item, report)
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Under `-n`, run all tests of an op in one worker."""
    if config.getoption("dist") != "load" or not project.has_ops(config):
        return None
    from gradcheck.pytest_plugin.scheduling import make_op_scheduling

    return make_op_scheduling(config, log, f"{project.make_file_id(config)}::")
