"""Check one op within a test session."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gradcheck.pytest_plugin.check_options import CheckOptions
from gradcheck.pytest_plugin.project import CRASH_FOLDER_KEY, PROJECT_KEY, Project
from gradcheck.pytest_plugin.usage_errors import fail_on_usage_error

if TYPE_CHECKING:
    from gradcheck.records.results import OpResult
    from gradcheck.running.located_op import LocatedOp
    from gradcheck.running.plan import Plan


def check_op_in_session(
    config: pytest.Config, choices: CheckOptions, located: "LocatedOp", laws: Sequence[str], running: str
) -> "OpResult":
    """Check an op by these laws, its failing cases first.

    running: the law whose test runs; where the process crashes, the crash is a finding of it.
    Raises KeyboardInterrupt where Ctrl-C stopped the check, and fails the test where the op cannot be checked, or an
    extension cannot be used.
    """
    from gradcheck.pytest_plugin import xdist_crashes
    from gradcheck.running import one_op

    with fail_on_usage_error():
        plan = make_plan(config.stash[PROJECT_KEY], choices, located, laws)
    folder = find_crash_records_folder(config)
    if folder and (crashed := xdist_crashes.find_crash_of_op(folder, located)):
        return crashed
    first_running = (running, *(law for law in laws if law != running))
    crash_record = xdist_crashes.leave_crash_record(folder, located, first_running) if folder else nullcontext()
    with fail_on_usage_error(), crash_record:
        result, interrupted = one_op.check_one_op(plan, located, lambda op, done: None)
    if interrupted:
        raise KeyboardInterrupt
    return result


def make_plan(project: Project, choices: CheckOptions, located: "LocatedOp", laws: Sequence[str]) -> "Plan":
    """Make the plan for an op; errors are measured where they are saved or compared and the law gradient is checked.
    Raises UsageError where the system cannot stop an op in time."""
    from gradcheck.laws.registry import measuring_laws
    from gradcheck.running.plan import Plan
    from gradcheck.running.session import require_timeout_support

    measure = (project.save is not None or project.baseline is not None) and bool(measuring_laws() & set(laws))
    timeout = choices.timeout
    require_timeout_support(timeout)
    return Plan((located.target,), tuple(laws), choices.examples, choices.seed, timeout, measure, folder=project.kept)


def find_crash_records_folder(config: pytest.Config) -> Path | None:
    """Find the folder in which the workers of xdist leave crash records; None where this is no worker."""
    worker = getattr(config, "workerinput", {})
    return Path(worker[CRASH_FOLDER_KEY]) if CRASH_FOLDER_KEY in worker else None
