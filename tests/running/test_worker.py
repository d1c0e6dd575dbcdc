"""A worker: what it answers, what stops it, and what it cannot send."""

import sys
import threading
from dataclasses import replace
from multiprocessing import Pipe
from types import SimpleNamespace

import pytest

from gradcheck.checking.check import check
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.running.plan import Plan
from gradcheck.running.time_limit import OpTimeout
from gradcheck.running.worker import (
    INTERRUPT_PERIOD,
    InterruptHandler,
    WorkerReply,
    check_requested_op,
    handle_unraisable,
    locate_ops_of_target,
    send_reply,
)

PLAN = Plan(("",), ("contract",), 3, 0)
SQUARE = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("N")})


@pytest.fixture
def connections():
    """Two ends of a line."""
    ours, theirs = Pipe()
    yield ours, theirs
    ours.close()
    theirs.close()


def test_an_op_of_the_library_is_checked_and_its_cases_are_counted(connections, tmp_path):
    ours, theirs = connections
    reply = check_requested_op(theirs, replace(PLAN, folder=tmp_path), "", "sin", InterruptHandler())
    assert (reply.result.op, reply.result.status, reply.interrupted) == ("sin", "passed", False)
    told = []
    while ours.poll():
        told.append(ours.recv())
    assert told == [0, 1, 2, 3]


@pytest.mark.parametrize(("target", "name"), [("", "no such op"), ("nowhere.py", "square")])
def test_what_is_not_found_is_left_to_the_parent(connections, target, name):
    assert check_requested_op(connections[1], PLAN, target, name, InterruptHandler()) == WorkerReply(None)


def test_ops_of_a_target_are_found_once(tmp_path):
    (tmp_path / "ops.py").write_text(
        "from gradcheck import Array, Op\n"
        "square = Op('square', lambda x: (x * x, x), lambda dy, x: 2 * x * dy, inputs={'x': Array('N')})\n"
    )
    target = str(tmp_path / "ops.py")
    assert locate_ops_of_target(target) is locate_ops_of_target(target)
    assert locate_ops_of_target(target)["square"].target == target


def test_a_reply_that_cannot_be_pickled_is_an_empty_one(connections):
    ours, theirs = connections
    result = check(SQUARE, examples=2, laws=("contract",))
    send_reply(theirs, WorkerReply(result))
    assert ours.recv().result == result
    send_reply(theirs, WorkerReply(replace(result, notes=(threading.Lock(),))))
    assert ours.recv() == WorkerReply(None)


def test_a_line_that_is_closed_is_told(connections):
    ours, theirs = connections
    ours.close()
    with pytest.raises(OSError, match="pipe"):
        send_reply(theirs, WorkerReply(None))


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
