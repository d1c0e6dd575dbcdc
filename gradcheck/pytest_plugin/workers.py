"""The worker processes of a test session, which import and check the ops that the settings name."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pytest

from gradcheck.pytest_plugin.case_progress import show_case_progress
from gradcheck.pytest_plugin.plans import make_plan
from gradcheck.pytest_plugin.project import PROJECT_KEY
from gradcheck.pytest_plugin.usage_errors import fail_on_usage_error

if TYPE_CHECKING:
    from gradcheck.pytest_plugin.items import CheckOp
    from gradcheck.records.results import OpResult
    from gradcheck.running.listed_op import ListedOp
    from gradcheck.running.session import Listing, Session
    from gradcheck.running.supervisor import TaskEnd

SESSION_KEY = pytest.StashKey["Session"]()


def list_in_worker(config: pytest.Config, targets: Sequence[str]) -> "Mapping[str, Listing | Exception]":
    """List the ops of each target, or the reason why it cannot be used.  Raises KeyboardInterrupt."""
    if not targets:
        return {}
    listings = open_session(config).list_each(targets, config.stash[PROJECT_KEY].choices.timeout)
    if any(not isinstance(listing, Exception) and listing.not_listed for listing in listings.values()):
        raise KeyboardInterrupt
    return listings


def check_in_worker(config: pytest.Config, listed: "ListedOp", laws: Sequence[str], running: str) -> "OpResult":
    """Check an op in a worker.  Raises KeyboardInterrupt where Ctrl-C stopped the check."""
    project = config.stash[PROJECT_KEY]
    with fail_on_usage_error():
        plan = make_plan(project, project.choices, listed.target, laws)
        with show_case_progress(config, plan.examples) as step:
            results, interrupted = open_session(config).check_each(plan, [listed], step)
    if interrupted or listed not in results:
        raise KeyboardInterrupt
    return results[listed]


def read_broken_target(end: "TaskEnd") -> "CheckOp":
    """Return a function that makes the result of a file that could not be imported."""

    def read(config: pytest.Config, listed: "ListedOp", laws: Sequence[str], running: str) -> "OpResult":
        from gradcheck.running.session import make_result_of_end

        result = make_result_of_end(laws, listed, end)
        assert result is not None
        return result

    return read


def open_session(config: pytest.Config) -> "Session":
    """Return the session of workers, which is opened when it is needed first: one worker for each process that runs
    tests."""
    if SESSION_KEY not in config.stash:
        from gradcheck.running.session import Session
        from gradcheck.running.supervisor import Supervisor

        config.stash[SESSION_KEY] = Session(Supervisor(jobs=1))
    return config.stash[SESSION_KEY]


def close_session(config: pytest.Config) -> None:
    """End the workers."""
    if SESSION_KEY in config.stash:
        config.stash[SESSION_KEY].supervisor.shut_down()
