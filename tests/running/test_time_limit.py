"""The clock of an op: it ends what takes too long, minds JAX, and gives other people's alarms back."""

import signal
import sys
from threading import Thread
from time import monotonic

import pytest

from gradcheck.running.session import UsageError, require_timeout_support
from gradcheck.running.time_limit import MAX_POSTPONED_ALARMS, RAISE_PERIOD, OpTimeout, TimeLimitAlarm, limit_time

alarmed = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="the system has no SIGALRM")


def endless():
    while True:
        pass


def in_jax(source):
    """The function f of a module of JAX's."""
    module = {"__name__": "jax._src.somewhere", "monotonic": monotonic, "sys": sys}
    exec(source, module)
    return module["f"]


@pytest.fixture
def rung():
    """Somebody else's alarm: a list of when it rang."""
    times = []
    before = signal.signal(signal.SIGALRM, lambda signum, frame: times.append(monotonic()))
    yield times
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@alarmed
def test_what_takes_too_long_is_ended():
    with pytest.raises(OpTimeout, match=r"^stopped after 0.05 seconds$"), limit_time(0.05):
        endless()


@alarmed
def test_an_overtime_that_is_caught_comes_again():
    def catching():
        try:
            endless()
        except BaseException:  # what code under test may write
            endless()

    with pytest.raises(OpTimeout), limit_time(0.05):
        catching()


@alarmed
def test_the_alarm_of_somebody_else_goes_on_less_the_time_that_has_passed(rung):
    handler = signal.getsignal(signal.SIGALRM)
    signal.setitimer(signal.ITIMER_REAL, 100, 7)
    with pytest.raises(OpTimeout), limit_time(0.05):
        endless()
    left, every = signal.getitimer(signal.ITIMER_REAL)
    assert (99 < left < 99.951, round(every)) == (True, 7)
    assert signal.getsignal(signal.SIGALRM) is handler
    assert rung == []


@alarmed
def test_an_alarm_that_is_overdue_rings_at_once(rung):
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    with pytest.raises(OpTimeout), limit_time(0.05):
        endless()
    until = monotonic() + 10
    while not rung and monotonic() < until:
        pass
    assert len(rung) == 1


@alarmed
def test_without_an_alarm_there_is_none_afterwards():
    with limit_time(50):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@alarmed
def test_amid_jax_nothing_is_raised():
    passed = []
    amid = in_jax("def f(until):\n    while monotonic() < until:\n        pass")

    def through_jax(until):
        amid(until)
        passed.append(True)
        endless()

    with pytest.raises(OpTimeout), limit_time(0.05):
        through_jax(monotonic() + 0.2)
    assert passed == [True]


def test_an_endless_function_that_jax_traces_is_ended_all_the_same():
    clock, frame = TimeLimitAlarm(1), in_jax("def f():\n    return sys._getframe()")()
    for _ in range(MAX_POSTPONED_ALARMS):
        clock.handle_signal(0, frame)
    with pytest.raises(OpTimeout):
        clock.handle_signal(0, frame)


def test_rings_that_follow_at_once_are_one():
    clock = TimeLimitAlarm(1)
    with pytest.raises(OpTimeout):
        clock.handle_signal(0, None)
    clock.handle_signal(0, None)
    clock.last -= RAISE_PERIOD
    with pytest.raises(OpTimeout):
        clock.handle_signal(0, None)


def test_where_the_system_has_no_alarm_a_time_is_refused(monkeypatch):
    monkeypatch.delattr(signal, "SIGALRM", raising=False)
    require_timeout_support(None)
    with pytest.raises(UsageError, match="has no SIGALRM"):
        require_timeout_support(1.0)


def test_in_another_thread_a_time_is_refused():
    told = []

    def ask():
        require_timeout_support(None)
        with pytest.raises(UsageError, match="in the main thread alone"):
            require_timeout_support(1.0)
        told.append(True)

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert told == [True]
