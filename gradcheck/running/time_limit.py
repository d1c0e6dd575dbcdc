"""A time limit for one op, by the alarm of the system."""

import math
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

from gradcheck.evaluation.outside_stops import OutsideStop

ALARM_PERIOD = 0.1
"""Seconds between one alarm and the next, once the limit is reached."""

RAISE_PERIOD = 1.0
"""Seconds between one OpTimeout and the next, in case the first was caught: enough for code under test to clean up."""

MAX_POSTPONED_ALARMS = 20
"""Alarms in a row that are postponed while JAX is at work; after these, JAX is tracing a function that never ends."""


class OpTimeout(OutsideStop):
    """The time limit of an op is reached.  Not an Exception, so that code under test lets it through."""


class TimeLimitAlarm:
    """An alarm that raises OpTimeout, and again in case it is caught; while JAX is at work, it waits for the next."""

    def __init__(self, seconds: float, clock: Callable[[], float] = monotonic) -> None:
        self.seconds, self.clock, self.last, self.postponed_alarms = seconds, clock, -math.inf, 0

    def handle_signal(self, signum: int, frame: FrameType | None) -> None:
        """Handle SIGALRM.  Raises OpTimeout."""
        now = self.clock()
        if now - self.last < RAISE_PERIOD:
            return
        if is_in_jax(frame) and self.postponed_alarms < MAX_POSTPONED_ALARMS:
            self.postponed_alarms += 1
            return
        self.last, self.postponed_alarms = now, 0
        raise OpTimeout(f"stopped after {self.seconds:g} seconds")


def is_in_jax(frame: FrameType | None) -> bool:
    """Whether JAX is at work in this frame or in one that called it: its C++ ends the process where a callback
    raises."""
    while frame:
        if frame.f_globals.get("__name__", "").startswith("jax"):
            return True
        frame = frame.f_back
    return False


@contextmanager
def limit_time(seconds: float | None, clock: Callable[[], float] = monotonic) -> Iterator[None]:
    """Raise OpTimeout after so many seconds, None for no limit; in the main thread of a system that has SIGALRM.

    An alarm that was set before waits meanwhile, and is raised at once if its time has come; `clock` measures how long
    it waited.
    """
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
