"""Calls of a student's functions go in as trees and come out as arrays, whatever the worker answers."""

import contextlib

import numpy as np
import pytest

from gradcheck.audit.agent.handlers import call_by_name
from gradcheck.audit.remote_session import (
    NotYetAnswered,
    RemoteObject,
    RemoteSession,
    StudentError,
    SubmissionStopped,
    TimeIsUp,
    UnsendableArgument,
)
from gradcheck.oracles.noisy_arrays import Noise, make_noisy
from gradcheck.sandbox.call_outcome import CallOutcome, OutcomeKind

FILE = b"""
import numpy as np

class Strange(Exception): pass
class Kept: pass

def double(x): return 2 * x, Kept()
def take(dout, cache): return dout, type(cache).__name__
def spoil(x):
    x[...] = 7
    return 0.0
def refuse(x): raise ValueError("too short")
def wonder(x): raise Strange("odd")
def order(x): return x.flags.c_contiguous, x.flags.f_contiguous, x.flags.writeable
def draw(x): return np.random.rand()
def scale(x, param): return x * param["by"]
"""


class AgentHere:
    """A worker that is an agent in this process."""

    def __init__(self, agent):
        self.agent = agent

    def call_many(self, calls, seconds=None):
        self.exchanges = getattr(self, "exchanges", 0) + 1
        return [
            CallOutcome(OutcomeKind.RETURNED, call_by_name(getattr(self.agent, name), given)) for name, given in calls
        ]


class Answering:
    """A worker that answers the same to everything."""

    def __init__(self, outcome):
        self.outcome = outcome

    def call_many(self, calls, seconds=None):
        return [self.outcome] * len(calls)


@pytest.fixture
def session(agent):
    made = RemoteSession(AgentHere(agent), seed=3)
    made.request("load", files={"layers.py": FILE})
    return made


def function(session, name, hold=""):
    return RemoteObject(session, session.request("find", names=[name])[name]["function"], hold)


def test_arrays_come_out_and_caches_stay(session):
    y, cache = function(session, "double", "last")(np.ones((2, 3)))
    assert (y.shape, y[0, 0], type(cache)) == ((2, 3), 2.0, RemoteObject)
    assert function(session, "take")(np.zeros(1), cache)[1] == "Kept"


def test_what_it_wrote_to_its_arguments_is_written_here(session):
    x = np.zeros((2, 2))
    function(session, "spoil")(x)
    assert np.all(x == 7)


def test_an_exception_of_python_is_raised_from_its_line(session):
    with pytest.raises(ValueError, match="too short") as raised:
        function(session, "refuse")(np.ones(1))
    last = raised.traceback[-1]
    assert (str(last.path), last.lineno + 1) == (
        "layers.py",
        FILE.decode().split("\n").index('def refuse(x): raise ValueError("too short")') + 1,
    )


def test_an_exception_of_their_own_is_raised_by_its_name(session):
    with pytest.raises(StudentError, match="Strange: odd"):
        function(session, "wonder")(np.ones(1))


def test_arrays_lie_in_memory_as_they_do_here(session):
    order = function(session, "order")
    fixed = np.ones((2, 3))
    fixed.flags.writeable = False
    assert order(np.asfortranarray(np.ones((2, 3)))) == (False, True, True)
    assert order(np.ones((2, 6))[:, ::2]) == (False, False, True)
    assert order(fixed) == (True, False, False)


def test_every_call_draws_the_same(session):
    draw = function(session, "draw")
    assert draw(np.ones(1)) == draw(np.ones(1))


def test_a_dictionary_goes_in_with_its_numbers(session):
    assert function(session, "scale")(np.ones(2), {"by": 3})[0] == 3


def test_noise_travels_with_the_arrays(session):
    noise = Noise(np.random.default_rng(0), 2.0**-40, False)
    y = function(session, "double")(make_noisy(noise, np.full(3, 1 / 3)))[0]
    plain = function(session, "double")(np.full(3, 1 / 3))[0]
    assert np.all(np.abs(np.asarray(y) - plain) <= 2.0**-38)


def test_calls_that_return_and_fail_are_counted(session):
    double, refuse = function(session, "double"), function(session, "refuse")
    double(np.ones(1))
    with pytest.raises(ValueError, match="too short"):
        refuse(np.ones(1))
    assert session.returned[double.token] == 1
    assert session.failures[refuse.token][0].error == "ValueError"


def test_what_nobody_holds_is_let_go_of(session, agent):
    double = function(session, "double", "last")
    for _ in range(300):
        double(np.ones(1))
    assert len(agent.held) < 300


def test_what_cannot_be_sent_is_the_fault_of_the_model(session):
    with pytest.raises(UnsendableArgument):
        function(session, "double")(lambda: 0)


def test_calls_that_are_announced_are_answered_together_and_in_their_order(session):
    scale, points = function(session, "scale"), [np.full(2, float(i)) for i in range(5)]

    def call_each():
        for point in points:
            with contextlib.suppress(NotYetAnswered):
                scale(point, {"by": 2})

    before = session.worker.exchanges
    session.announce(call_each)
    assert [scale(point, {"by": 2})[0] for point in points] == [0, 2, 4, 6, 8]
    assert session.worker.exchanges == before + 1


def test_a_call_that_was_not_announced_is_answered_as_it_is(session):
    scale = function(session, "scale")

    def call_once():
        with contextlib.suppress(NotYetAnswered):
            scale(np.ones(2), {"by": 2})

    session.announce(call_once)
    assert scale(np.ones(2), {"by": 3})[0] == 3
    assert scale(np.ones(2), {"by": 2})[0] == 2


def test_time_that_is_over_stops_before_the_call(agent):
    with pytest.raises(TimeIsUp, match="its 0 s are over"):
        RemoteSession(AgentHere(agent), seconds=0.0).request("find", names=[])


@pytest.mark.parametrize(("told", "is_late"), [(61.0, True), (59.0, False), (float("nan"), False), ("1e9", False)])
def test_the_time_that_a_worker_says_it_has_computed_counts(agent, told, is_late):
    session = RemoteSession(AgentHere(agent), seconds=60.0)
    session.note_seconds({"returned": [], "seconds": told})
    assert session.is_late() is is_late


def test_a_call_says_how_long_the_worker_has_computed(session):
    assert session.worker_seconds == 0
    function(session, "double")(np.ones(2))
    assert session.worker_seconds > 0


@pytest.mark.parametrize(
    "outcome",
    [
        CallOutcome(OutcomeKind.CRASHED, message="it ended with exit code 0", exit_code=0),
        CallOutcome(OutcomeKind.TIMEOUT, message="no answer"),
        CallOutcome(OutcomeKind.RETURNED, "I am right"),
        CallOutcome(OutcomeKind.RETURNED, {"returned": ["unknown", 1]}),
    ],
)
def test_a_worker_that_ends_or_answers_nonsense_is_stopped(outcome):
    with pytest.raises(SubmissionStopped):
        RemoteObject(RemoteSession(Answering(outcome)), 1)(np.ones(1))


def test_what_a_worker_tells_of_a_failure_is_text_and_a_number():
    told = {"raised": ["x"], "message": 5, "line": "7", "file": None}
    with pytest.raises(StudentError):
        RemoteObject(RemoteSession(Answering(CallOutcome(OutcomeKind.RETURNED, told))), 1)(np.ones(1))
