"""A worker: what it sends, and what stops it."""

import json
import sys
from ctypes import c_long
from types import SimpleNamespace

import pytest

from gradcheck.running.time_limit import OpTimeout, Phase
from gradcheck.running.worker import (
    INTERRUPT_PERIOD,
    InterruptHandler,
    WorkerChannel,
    describe_internal_error,
    handle_unraisable,
    run_task,
)


class Line:
    """A connection that keeps what is sent."""

    def __init__(self):
        self.sent = []

    def send_bytes(self, data):
        self.sent.append(json.loads(data))


def test_what_is_sent_is_json():
    line = Line()
    channel = WorkerChannel(line, c_long(), InterruptHandler())
    channel.begin_phase(Phase.TRIAL)
    channel.report_finding("f: gradient of x is 2, expected 1")
    assert line.sent == [{"phase": "TRIAL"}, {"finding": "f: gradient of x is 2, expected 1"}]


def test_the_number_of_cases_is_written_and_not_sent():
    line, cases = Line(), c_long()
    WorkerChannel(line, cases, InterruptHandler()).report_cases(3)
    assert (cases.value, line.sent) == (3, [])


def make_task(error):
    """A task that raises."""

    def run(channel):
        raise error

    return SimpleNamespace(run=run)


def test_a_task_that_ends_without_an_answer_says_how():
    channel = WorkerChannel(Line(), c_long(), InterruptHandler())
    assert run_task(make_task(OpTimeout("stopped")), channel) == {"stopped": "stopped"}
    assert run_task(make_task(KeyboardInterrupt()), channel) == {"interrupted": True}
    assert run_task(make_task(KeyError("a")), channel)["internal_error"].startswith(
        "KeyError: 'a' (test_worker.py, line"
    )
    assert describe_internal_error(ValueError("b")) == "ValueError: b"


class Clock:
    """A clock that a test moves."""

    now = 0.0

    def __call__(self):
        return self.now


def test_an_interrupt_stops_the_op_in_hand_and_nothing_else():
    handler = InterruptHandler(Clock())
    handler.handle_signal(2, None)
    with handler.accept_interrupts(), pytest.raises(KeyboardInterrupt):
        handler.handle_signal(2, None)
    handler.handle_signal(2, None)


def test_interrupts_that_follow_at_once_are_one_and_later_ones_come_again():
    clock = Clock()
    handler = InterruptHandler(clock)
    with handler.accept_interrupts():
        with pytest.raises(KeyboardInterrupt):
            handler.handle_signal(2, None)
        clock.now += INTERRUPT_PERIOD / 4
        handler.handle_signal(2, None)
        clock.now += INTERRUPT_PERIOD
        with pytest.raises(KeyboardInterrupt):
            handler.handle_signal(2, None)


def test_an_interrupt_waits_while_jax_is_at_work():
    module = {"__name__": "jax._src.somewhere", "sys": sys}
    exec("def f():\n    return sys._getframe()", module)
    handler = InterruptHandler(Clock())
    with handler.accept_interrupts():
        handler.handle_signal(2, module["f"]())


@pytest.mark.parametrize(("error", "told"), [(KeyboardInterrupt, False), (OpTimeout, False), (ZeroDivisionError, True)])
def test_a_stop_that_is_lost_in_a_callback_is_not_told(monkeypatch, error, told):
    heard = []
    monkeypatch.setattr(sys, "__unraisablehook__", heard.append)
    handle_unraisable(SimpleNamespace(exc_type=error))
    assert bool(heard) is told
