"""Check one op in the process of the test session: one that only this process can make."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gradcheck.pytest_plugin.case_progress import show_case_progress
from gradcheck.pytest_plugin.check_options import CheckOptions
from gradcheck.pytest_plugin.plans import make_plan
from gradcheck.pytest_plugin.project import CRASH_FOLDER_KEY, PROJECT_KEY
from gradcheck.pytest_plugin.usage_errors import fail_on_usage_error

if TYPE_CHECKING:
    from gradcheck.pytest_plugin.items import CheckOp
    from gradcheck.records.results import OpResult
    from gradcheck.running.listed_op import ListedOp
    from gradcheck.running.located_op import LocatedOp
    from gradcheck.running.time_limit import TimeAllowance

STDERR_KEY = pytest.StashKey[int]()


def check_in_host(located: "LocatedOp") -> "CheckOp":
    """Return a function that checks an op in this process."""

    def check(config: pytest.Config, listed: "ListedOp", laws: Sequence[str], running: str) -> "OpResult":
        choices = config.stash[PROJECT_KEY].choices
        with guard_host(config, choices) as allowance:
            return check_op_in_session(config, choices, located, laws, running, allowance)

    return check


@contextmanager
def guard_host(config: pytest.Config, choices: CheckOptions) -> "Iterator[TimeAllowance]":
    """Give the time for an op, and end this process, not with exit code 0, where it works on long after that."""
    from gradcheck.running.time_limit import HOST_GRACE_SECONDS, TimeAllowance, end_process_after

    allowance = TimeAllowance(choices.timeout)
    if config.getini("faulthandler_timeout"):  # pytest uses the one timer that there is
        yield allowance
        return
    with end_process_after(allowance.most_seconds + HOST_GRACE_SECONDS, config.stash[STDERR_KEY]):
        yield allowance


@contextmanager
def fail_on_timeout() -> Iterator[None]:
    """Fail the test where the time is over within."""
    from gradcheck.running.time_limit import OpTimeout

    try:
        yield
    except OpTimeout as stop:
        raise pytest.fail.Exception(f"gradcheck: {stop}", pytrace=False) from None


def keep_stderr(config: pytest.Config) -> None:
    """Keep a descriptor of stderr that pytest does not capture, for the end of a process that cannot be stopped."""
    with suppress(OSError):
        config.stash[STDERR_KEY] = os.dup(2)
        config.add_cleanup(lambda: os.close(config.stash[STDERR_KEY]))


def check_op_in_session(
    config: pytest.Config,
    choices: CheckOptions,
    located: "LocatedOp",
    laws: Sequence[str],
    running: str,
    allowance: "TimeAllowance",
) -> "OpResult":
    """Check an op by these laws, its failing cases first.

    running: the law whose test runs; where the process crashes, the crash is a finding of it.
    Raises KeyboardInterrupt where Ctrl-C stopped the check, and fails the test where the op cannot be checked, or an
    extension cannot be used.
    """
    from gradcheck.pytest_plugin import xdist_crashes
    from gradcheck.running import one_op
    from gradcheck.running.time_limit import Phase

    with fail_on_usage_error():
        plan = make_plan(config.stash[PROJECT_KEY], choices, located.target, laws)
    folder = find_crash_records_folder(config)
    if folder and (crashed := xdist_crashes.find_crash_of_op(folder, located)):
        return crashed
    crash_record = xdist_crashes.leave_crash_record(folder, located, laws, running) if folder else nullcontext()
    with fail_on_usage_error(), crash_record, show_case_progress(config, plan.examples) as step:
        limit = partial(allowance.limit_phase, Phase.CHECK)
        result, interrupted = one_op.check_one_op(plan, located, step, limit)
    if interrupted:
        raise KeyboardInterrupt
    return result


def find_crash_records_folder(config: pytest.Config) -> Path | None:
    """Find the folder in which the workers of xdist leave crash records; None where this is no worker."""
    worker = getattr(config, "workerinput", {})
    return Path(worker[CRASH_FOLDER_KEY]) if CRASH_FOLDER_KEY in worker else None
