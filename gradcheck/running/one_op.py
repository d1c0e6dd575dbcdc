"""An op's turn: its kept cases, then its examination.  A clock or Ctrl-C ends it, what was found stays."""

import math
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING

from gradcheck.declaration.op import Op
from gradcheck.records import failing_cases
from gradcheck.records.case import Case
from gradcheck.records.results import Finding, OpResult, Verdict
from gradcheck.running.progress import ProgressCallback

if TYPE_CHECKING:
    from gradcheck.checking.op_check import OpCheck


ALARM_PERIOD = 0.1
"""Seconds between one ring of a clock that ran out and the next."""

RAISE_PERIOD = 1.0
"""Seconds between one Overtime and the next, in case the first was caught: enough to put things back in between."""

MAX_POSTPONED_ALARMS = 20
"""Rings in a row that JAX puts off; whoever is still amid it then is in an endless function that it traces."""


class OpTimeout(BaseException):
    """An op's time is up.  Not an Exception, so that code under test lets it through."""


@dataclass(frozen=True)
class LocatedOp:
    """An op and the target it was found in, "" for the library.  home: the context in which it finds the files beside
    its own."""

    op: Op
    target: str
    home: Callable[[], AbstractContextManager[None]] = nullcontext


@dataclass(frozen=True)
class Plan:
    """What to do with each op.  timeout: seconds, None for as long as it takes.  measure: also on the pinned corpus.
    arbitrate_all: let XLA see every case, not the first of each pattern alone.  folder: where failing cases are kept.
    """

    targets: tuple[str, ...]
    laws: tuple[str, ...]
    examples: int
    seed: int
    timeout: float | None = None
    measure: bool = False
    arbitrate_all: bool = False
    folder: Path = failing_cases.FAILING_CASES_FOLDER


def check_one_op(
    plan: Plan,
    one: LocatedOp,
    step: ProgressCallback,
    interruptible: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> tuple[OpResult, bool]:
    """One op's result, partial where it was stopped, and whether Ctrl-C stopped it.  Failing cases are kept.

    interruptible: what may be stopped happens in this context.
    """
    from gradcheck.checking.op_check import OpCheck  # noqa: PLC0415
    from gradcheck.laws import LAWS  # noqa: PLC0415
    from gradcheck.oracles.xla import enable_compilation_cache  # noqa: PLC0415

    declaration = failing_cases.describe_declaration(one.op)
    with print_warnings(failing_cases.FailingCaseWarning):
        cases = failing_cases.load_cases_of_op(one.op.name, one.target, plan.folder, declaration)
    interrupted = False
    with one.home():
        seen = OpCheck(one.op, [LAWS[name] for name in plan.laws], arbitrate_all=plan.arbitrate_all)
        if plan.arbitrate_all:
            enable_compilation_cache(plan.folder / "xla")
        step(one.op.name, 0)
        try:
            with limit_time(plan.timeout), interruptible():
                result = check_and_measure(plan, one.op, cases, seen, step)
        except (OpTimeout, KeyboardInterrupt) as stop:
            interrupted = isinstance(stop, KeyboardInterrupt)
            seen.complete, seen.stop_reason = False, "interrupted" if interrupted else str(stop)
            result = seen.result()
    with print_warnings(failing_cases.FailingCaseWarning):
        for finding in result.findings:
            failing_cases.save_failing_case(finding, one.target, plan.folder, declaration)
    return replace(result, target=one.target), interrupted


def check_and_measure(plan: Plan, op: Op, cases: Sequence[Case], seen: "OpCheck", step: ProgressCallback) -> OpResult:
    """One op's whole result, with the gradient's errors on the pinned corpus where they are asked for."""
    from gradcheck.checking.baseline import digest_pinned_cases, measure_gradient_errors  # noqa: PLC0415
    from gradcheck.checking.check import check  # noqa: PLC0415

    told = partial(step, op.name)
    result = check(op, examples=plan.examples, seed=plan.seed, laws=plan.laws, kept=cases, step=told, examination=seen)
    return (
        replace(result, measured=measure_gradient_errors(seen.op), corpus=digest_pinned_cases(seen.op))
        if plan.measure
        else result
    )


def result_of_dead_process(laws: Sequence[str], one: LocatedOp, how: str, hint: str = "") -> OpResult:
    """The result of an op whose process died: a finding of the first law, and nothing of the others."""
    op, (first, *others) = one.op, laws
    finding = Finding(op.name, first, "", "crashed", f"the process that examined it died {how}", hint=hint)
    accused = Verdict(op.name, first, "crashed", findings=(finding,))
    silent = [Verdict(op.name, law, "inconclusive", reason="its process died") for law in others]
    return OpResult(op.name, op.family, (accused, *silent), complete=False, target=one.target)


@contextmanager
def print_warnings(category: type[Warning]) -> Iterator[None]:
    """Warnings of ours, as one line each on stderr."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always", category)
        yield
    for warning in heard:
        print(f"gradcheck: {warning.message}", file=sys.stderr)


class TimeLimitAlarm:
    """An alarm that raises Overtime, and again in case it is caught; amid JAX it waits for the next ring."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self.seconds, self.clock, self.last, self.postponed_alarms = seconds, clock, -math.inf, 0

    def handle_signal(self, signum: int, frame: FrameType | None) -> None:
        """The handler of the signal."""
        now = self.clock()
        if now - self.last < RAISE_PERIOD:
            return
        if is_in_jax(frame) and self.postponed_alarms < MAX_POSTPONED_ALARMS:
            self.postponed_alarms += 1
            return
        self.last, self.postponed_alarms = now, 0
        raise OpTimeout(f"stopped after {self.seconds:g} seconds")


def is_in_jax(frame: FrameType | None) -> bool:
    """Whether JAX is at work, whose C++ ends the process where a callback raises."""
    while frame:
        if frame.f_globals.get("__name__", "").startswith("jax"):
            return True
        frame = frame.f_back
    return False


@contextmanager
def limit_time(seconds: float | None, clock: Callable[[], float] = monotonic) -> Iterator[None]:
    """Raise Overtime after so many seconds, in the main thread of a system that has SIGALRM.  Somebody else's alarm
    waits meanwhile, and rings at once if its time has come; `clock` says how long that was."""
    if seconds is None:
        yield
        return
    began, (left, every) = clock(), signal.setitimer(signal.ITIMER_REAL, 0)
    before = signal.signal(signal.SIGALRM, TimeLimitAlarm(seconds, clock).handle_signal)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, ALARM_PERIOD)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (clock() - began), 1e-6), every)
