"""One op examined within a test session."""

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gradcheck.pytest_plugin.check_options import CheckOptions
from gradcheck.pytest_plugin.project import PROJECT_KEY, Project
from gradcheck.pytest_plugin.usage_errors import fail_on_usage_error

if TYPE_CHECKING:
    from gradcheck.records.results import OpResult
    from gradcheck.running.located_op import LocatedOp
    from gradcheck.running.plan import Plan


def check_op_in_session(
    config: pytest.Config, choices: CheckOptions, one: "LocatedOp", laws: Sequence[str], running: str
) -> "OpResult":
    """What the laws say of an op, kept cases first.  running: the law whose turn it is, in case the process dies.

    Raises KeyboardInterrupt where Ctrl-C stopped it.
    """
    from gradcheck.pytest_plugin import xdist_crashes  # noqa: PLC0415
    from gradcheck.running import one_op  # noqa: PLC0415

    with fail_on_usage_error():
        plan = make_plan(config.stash[PROJECT_KEY], choices, one, laws)
    notes = find_crash_notes_folder(config)
    if notes and (dead := xdist_crashes.find_crash_of_op(notes, one)):
        return dead
    with (
        xdist_crashes.keep_crash_note(notes, one, (running, *(law for law in laws if law != running)))
        if notes
        else nullcontext()
    ):
        result, interrupted = one_op.check_one_op(plan, one, lambda op, done: None)
    if interrupted:
        raise KeyboardInterrupt
    return result


def make_plan(project: Project, choices: CheckOptions, one: "LocatedOp", laws: Sequence[str]) -> "Plan":
    """What to do with an op; errors are measured where they are saved or compared, and the gradient is asked for.
    Raises UsageError where it cannot be stopped in time."""
    from gradcheck.running.plan import Plan  # noqa: PLC0415
    from gradcheck.running.session import require_timeout_support  # noqa: PLC0415

    measure = (project.save is not None or project.baseline is not None) and "gradient" in laws
    timeout = choices.timeout
    require_timeout_support(timeout)
    return Plan((one.target,), tuple(laws), choices.examples, choices.seed, timeout, measure, folder=project.kept)


def find_crash_notes_folder(config: pytest.Config) -> Path | None:
    """Where the workers of xdist leave word for one another; None where there are none."""
    worker = getattr(config, "workerinput", {})
    return Path(worker["gradcheck_notes"]) if "gradcheck_notes" in worker else None
