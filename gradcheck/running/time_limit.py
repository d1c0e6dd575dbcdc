"""A time limit for one op, by the alarm of the system."""

import faulthandler
import math
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import Enum
from threading import current_thread, main_thread
from time import monotonic
from types import FrameType

from gradcheck.evaluation.outside_stops import OutsideStop

HOST_GRACE_SECONDS = 10.0
"""Seconds after which a process ends itself where code under test does not let itself be stopped."""

ALARM_PERIOD = 0.1
"""Seconds between one alarm and the next, once the limit is reached."""

RAISE_PERIOD = 1.0
"""Seconds between one OpTimeout and the next, in case the first was caught: enough for code under test to clean up."""

MAX_POSTPONED_ALARMS = 20
"""Alarms in a row that are postponed while JAX is at work; after these, JAX is tracing a function that never ends."""


class Phase(Enum):
    """The parts of the work on an op, with the seconds that each may take where no limit is set, and how a stop says
    what it stopped."""

    IMPORT = (60.0, "while its code was imported")
    TRIAL = (15.0, "while shapes for it were tried")
    CHECK = (600.0, "")

    def __init__(self, default_seconds: float, when: str) -> None:
        self.default_seconds, self.when = default_seconds, when


class OpTimeout(OutsideStop):
    """The time limit of an op is reached.  Not an Exception, so that code under test lets it through."""


class TimeLimitAlarm:
    """An alarm that raises OpTimeout, and again in case it is caught; while JAX is at work, it waits for the next."""

    def __init__(self, message: str, clock: Callable[[], float] = monotonic) -> None:
        self.message, self.clock, self.last, self.postponed_alarms = message, clock, -math.inf, 0

    def handle_signal(self, signum: int, frame: FrameType | None) -> None:
        """Handle SIGALRM.  Raises OpTimeout."""
        now = self.clock()
        if now - self.last < RAISE_PERIOD:
            return
        if is_in_jax(frame) and self.postponed_alarms < MAX_POSTPONED_ALARMS:
            self.postponed_alarms += 1
            return
        self.last, self.postponed_alarms = now, 0
        raise OpTimeout(self.message)


def is_in_jax(frame: FrameType | None) -> bool:
    """Whether JAX is at work in this frame or in one that called it: its C++ ends the process where a callback
    raises."""
    while frame:
        if frame.f_globals.get("__name__", "").startswith("jax"):
            return True
        frame = frame.f_back
    return False


@contextmanager
def limit_time(seconds: float, message: str, clock: Callable[[], float] = monotonic) -> Iterator[None]:
    """Raise OpTimeout with this message after so many seconds, in the main thread of a system that has SIGALRM;
    elsewhere there is no limit.

    An alarm that was set before waits meanwhile, and is raised at once if its time has come; `clock` measures how long
    it waited.
    """
    if not can_limit_time():
        yield
        return
    began, (left, every) = clock(), signal.setitimer(signal.ITIMER_REAL, 0)
    before = signal.signal(signal.SIGALRM, TimeLimitAlarm(message, clock).handle_signal)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(seconds, 1e-6), ALARM_PERIOD)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (clock() - began), 1e-6), every)


@contextmanager
def end_process_after(seconds: float, stderr: int = 2) -> Iterator[None]:
    """End this process with exit code 1, after its traceback on stderr, once it has worked for so many seconds: the
    last means against code that catches OpTimeout or does not return to Python.  A crash within leaves a traceback too.

    stderr: the descriptor that the traceback is written to.
    """
    was_enabled = faulthandler.is_enabled()
    if not was_enabled:
        faulthandler.enable(stderr)
    faulthandler.dump_traceback_later(seconds, exit=True, file=stderr)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        if not was_enabled:
            faulthandler.disable()


def can_limit_time() -> bool:
    """Whether an alarm of the system can stop the code that runs here."""
    return hasattr(signal, "SIGALRM") and current_thread() is main_thread()


def describe_stop(seconds: float, phase: Phase) -> str:
    """Say that the work on an op was stopped, and in which phase."""
    return f"stopped after {seconds:g} seconds" + f" {phase.when}" * bool(phase.when)


class TimeAllowance:
    """The time for one op: `seconds` for all phases together, None for the default of each phase."""

    def __init__(self, seconds: float | None, clock: Callable[[], float] = monotonic) -> None:
        self.seconds, self.clock, self.began = seconds, clock, clock()

    @property
    def most_seconds(self) -> float:
        """The seconds for all phases together."""
        return self.seconds or sum(phase.default_seconds for phase in Phase)

    def limit_phase(self, phase: Phase) -> AbstractContextManager[None]:
        """Raise OpTimeout when the time for a phase is over."""
        if self.seconds is None:
            hint = "; --timeout gives it more" if phase is Phase.CHECK else ""
            return limit_time(phase.default_seconds, describe_stop(phase.default_seconds, phase) + hint, self.clock)
        left = self.seconds - (self.clock() - self.began)
        return limit_time(left, describe_stop(self.seconds, phase), self.clock)
