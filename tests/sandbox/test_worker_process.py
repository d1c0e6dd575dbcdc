"""The parent's side of a worker: batches, ends, output, and answers that are none."""

import os

import numpy as np
import pytest

from gradcheck.sandbox import Limits, OutcomeKind, UnsendableValue, open_sandbox
from gradcheck.sandbox.inside.values import ProtocolViolation
from gradcheck.sandbox.isolation_record import IsolationLevel
from gradcheck.sandbox.worker_process import is_readable, read_outcome, read_outcomes

MODULE = b"""
import numpy as np

def double(x):
    return 2 * x

def fail(x):
    raise ValueError("no")

def leave(x):
    raise SystemExit(3)

def loop(x):
    while True:
        pass

def write(x):
    print("out" * x)
    import sys
    print("err", file=sys.stderr)
"""

slow = pytest.mark.slow


@pytest.fixture
def worker(sandboxes):
    with sandboxes(IsolationLevel.CONFINED).start_worker() as worker:
        assert worker.call("load", {"files": {"m.py": MODULE}, "modules": ["m"]}).kind is OutcomeKind.RETURNED
        yield worker


def make_call(function, argument=1):
    return "call", {"module": "m", "function": function, "arguments": [argument]}


@slow
def test_one_frame_holds_many_calls(worker):
    points = [np.full((2, 2), float(i)) for i in range(300)]
    outcomes = worker.call_many([make_call("double", point) for point in points])
    assert all(np.array_equal(o.value, 2 * point) for o, point in zip(outcomes, points, strict=True))


@slow
def test_one_call_that_raises_leaves_the_others_alone(worker):
    kinds = [
        outcome.kind for outcome in worker.call_many([make_call("double"), make_call("fail"), make_call("double")])
    ]
    assert kinds == [OutcomeKind.RETURNED, OutcomeKind.RAISED, OutcomeKind.RETURNED]


@slow
@pytest.mark.parametrize(("name", "kind"), [("leave", OutcomeKind.CRASHED), ("loop", OutcomeKind.TIMEOUT)])
def test_a_call_that_ends_the_worker_ends_all_of_the_batch_and_what_comes_later(worker, name, kind):
    outcomes = worker.call_many([make_call("double"), make_call(name)], seconds=0.3)
    assert [outcome.kind for outcome in outcomes] == [kind, kind]
    assert worker.call(*make_call("double")) is worker.ended
    assert worker.ended.kind is kind


@slow
def test_what_it_prints_is_kept_by_stream(worker):
    worker.call(*make_call("write", 1))
    assert (worker.stdout, worker.stderr) == ("out\n", "err\n")
    worker.call(*make_call("write", 100_000))
    assert len(worker.stdout) < 70_000
    assert worker.stdout.endswith("… (300,005 bytes)")


@slow
def test_an_argument_that_cannot_be_sent_leaves_the_worker_as_it_was(worker):
    with pytest.raises(UnsendableValue):
        worker.call("call", object())
    assert worker.call(*make_call("double")).value == 2


@slow
def test_a_closed_worker_answers_no_more_and_holds_nothing_open(sandboxes):
    sandbox = sandboxes(IsolationLevel.CONFINED)
    before = len(os.listdir("/proc/self/fd"))
    worker = sandbox.start_worker()
    worker.close()
    worker.close()
    assert worker.call("forget", 0).kind is OutcomeKind.CRASHED
    assert len(os.listdir("/proc/self/fd")) == before


@slow
def test_a_worker_that_has_used_its_seconds_of_cpu_is_ended():
    limits = Limits(cpu_seconds=1)
    with (
        open_sandbox("process-only", limits=limits, mechanisms=frozenset({"rlimits"})) as sandbox,
        sandbox.start_worker() as worker,
    ):
        worker.call("load", {"files": {"m.py": MODULE}, "modules": ["m"]})
        outcome = worker.call(*make_call("loop"), seconds=60)
    assert outcome.kind is OutcomeKind.TIMEOUT
    assert "1 s of CPU" in outcome.message


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {"number": 1},
        {"number": 2, "results": []},
        {"number": 1, "results": []},
        {"number": 1, "results": [1]},
        {"number": np.ones(2), "results": [1]},
        {"number": True, "results": [1]},
        {"number": 1, "results": ({"status": "returned", "value": 1},)},
        {"number": 1, "results": [{"status": "returned", "value": 1}], "score": 100},
    ],
    ids=str,
)
def test_an_answer_of_another_form_is_a_violation(answer):
    with pytest.raises(ProtocolViolation):
        read_outcomes(answer, 1, 1)


@pytest.mark.parametrize(
    "result",
    [
        {"status": "passed", "value": 1},
        {"status": ["returned"], "value": 1},
        {"status": "returned"},
        {"status": "returned", "value": 1, "score": 1},
        {"status": "raised", "error": "E", "message": "m", "file": "f"},
        {"status": "raised", "error": "E", "message": 1, "file": "f", "line": 1},
        {"status": "exited", "code": "0"},
    ],
    ids=str,
)
def test_a_result_of_another_form_is_a_violation(result):
    with pytest.raises(ProtocolViolation):
        read_outcome(result)


def test_a_descriptor_is_readable_when_there_is_something():
    read, write = os.pipe()
    assert not is_readable(read)
    os.write(write, b"x")
    assert is_readable(read)
    os.close(read)
    os.close(write)
