"""The time limit of an op: it ends what takes too long, waits while JAX is at work, and gives other alarms back.

Signals are raised at known points and the clock is handed in, so that nothing here depends on how fast it runs.
"""

import signal
import subprocess
import sys
from threading import Thread

import pytest

from gradcheck.running.session import UsageError, require_timeout_support
from gradcheck.running.time_limit import (
    ALARM_PERIOD,
    MAX_POSTPONED_ALARMS,
    RAISE_PERIOD,
    OpTimeout,
    Phase,
    TimeAllowance,
    TimeLimitAlarm,
    can_limit_time,
    limit_time,
)

needs_sigalrm = pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="the system has no SIGALRM")
LONG = 1e6
"""Seconds that never pass while a test runs."""


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self):
        return self.now


def define_in_jax(source):
    """The function f of a module of JAX's."""
    module = {"__name__": "jax._src.somewhere", "signal": signal, "sys": sys}
    exec(source, module)
    return module["f"]


@pytest.fixture
def clock():
    return Clock()


class ForeignAlarm(Exception):
    """Raised where the alarm of somebody else rings."""


@pytest.fixture
def foreign_handler():
    """The handler of somebody else's alarm."""

    def handle_signal(signum, frame):
        raise ForeignAlarm

    before = signal.signal(signal.SIGALRM, handle_signal)
    yield handle_signal
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def loop_forever():
    while True:
        pass


@needs_sigalrm
def test_an_endless_op_is_ended():
    # Here and where somebody else's alarm is overdue, the system's own alarm is waited for: it always comes, and
    # nothing is said of when.
    with (
        pytest.raises(OpTimeout, match=r"^stopped after 0.01 seconds$"),
        limit_time(0.01, "stopped after 0.01 seconds"),
    ):
        loop_forever()


@needs_sigalrm
def test_the_alarm_is_set_to_the_limit_and_rings_again_and_again():
    with limit_time(LONG, "stopped"):
        left, every = signal.getitimer(signal.ITIMER_REAL)
    assert (round(left, -3), every) == (LONG, ALARM_PERIOD)


@needs_sigalrm
def test_a_timeout_that_is_caught_comes_again(clock):
    with limit_time(LONG, "stopped", clock):
        for _ in range(3):
            with pytest.raises(OpTimeout):
                signal.raise_signal(signal.SIGALRM)
            clock.now += RAISE_PERIOD


@needs_sigalrm
def test_alarms_that_follow_at_once_are_one(clock):
    with limit_time(LONG, "stopped", clock):
        with pytest.raises(OpTimeout):
            signal.raise_signal(signal.SIGALRM)
        clock.now += 0.9 * RAISE_PERIOD
        signal.raise_signal(signal.SIGALRM)


@needs_sigalrm
def test_the_alarm_of_somebody_else_goes_on_less_the_time_that_has_passed(clock, foreign_handler):
    signal.setitimer(signal.ITIMER_REAL, LONG, 7)
    with limit_time(LONG, "stopped", clock):
        clock.now += 0.4 * LONG
        with pytest.raises(OpTimeout):
            signal.raise_signal(signal.SIGALRM)
    left, every = signal.getitimer(signal.ITIMER_REAL)
    assert (round(left, -3), every) == (0.6 * LONG, 7)
    assert signal.getsignal(signal.SIGALRM) is foreign_handler


@needs_sigalrm
def test_an_alarm_of_somebody_else_that_is_overdue_rings_at_once(clock, foreign_handler):
    def outlast_it():
        with limit_time(LONG, "stopped", clock):
            clock.now += 2 * LONG
        loop_forever()

    signal.setitimer(signal.ITIMER_REAL, LONG)
    with pytest.raises(ForeignAlarm):
        outlast_it()
    assert signal.getsignal(signal.SIGALRM) is foreign_handler


@needs_sigalrm
def test_without_another_alarm_there_is_none_afterwards():
    with limit_time(LONG, "stopped"):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_where_no_alarm_can_be_there_is_no_limit():
    reached = []

    def work():
        with limit_time(LONG, "stopped"):
            reached.append(can_limit_time())

    thread = Thread(target=work)
    thread.start()
    thread.join()
    assert reached == [False]


@needs_sigalrm
def test_all_phases_of_an_op_share_its_seconds(clock):
    allowance = TimeAllowance(LONG, clock)
    clock.now += LONG / 2
    with allowance.limit_phase(Phase.TRIAL):
        assert round(signal.getitimer(signal.ITIMER_REAL)[0], -3) == LONG / 2
        with pytest.raises(OpTimeout, match=r"^stopped after 1e\+06 seconds while shapes for it were tried$"):
            signal.raise_signal(signal.SIGALRM)
    assert allowance.most_seconds == LONG


@needs_sigalrm
def test_without_a_limit_each_phase_has_a_default(clock):
    for phase in Phase:
        with TimeAllowance(None, clock).limit_phase(phase):
            assert round(signal.getitimer(signal.ITIMER_REAL)[0]) == phase.default_seconds


@pytest.mark.slow
def test_a_process_that_cannot_be_stopped_ends_itself_with_a_traceback():
    script = (
        "from gradcheck.running.time_limit import end_process_after\nwith end_process_after(0.2):\n    while True: pass"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "line 3" in done.stderr


@needs_sigalrm
def test_nothing_is_raised_while_jax_is_at_work(clock):
    ring_in_jax = define_in_jax("def f():\n    signal.raise_signal(signal.SIGALRM)")
    with limit_time(LONG, "stopped", clock):
        ring_in_jax()
        with pytest.raises(OpTimeout):
            signal.raise_signal(signal.SIGALRM)


def test_an_endless_function_that_jax_traces_is_ended_all_the_same(clock):
    alarm, frame = TimeLimitAlarm("stopped", clock), define_in_jax("def f():\n    return sys._getframe()")()
    for _ in range(MAX_POSTPONED_ALARMS):
        alarm.handle_signal(0, frame)
    with pytest.raises(OpTimeout):
        alarm.handle_signal(0, frame)


def test_without_sigalrm_a_time_limit_is_refused(monkeypatch):
    monkeypatch.delattr(signal, "SIGALRM", raising=False)
    require_timeout_support(None)
    with pytest.raises(UsageError, match="has no SIGALRM"):
        require_timeout_support(1.0)


def test_a_time_limit_is_refused_in_another_thread():
    refused = []

    def ask():
        require_timeout_support(None)
        with pytest.raises(UsageError, match="in the main thread alone"):
            require_timeout_support(1.0)
        refused.append(True)

    thread = Thread(target=ask)
    thread.start()
    thread.join()
    assert refused == [True]
