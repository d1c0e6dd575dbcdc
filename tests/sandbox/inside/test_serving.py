"""What one call returned or raised, as the worker writes it."""

import socket
import threading

import numpy as np
import pytest

from gradcheck.sandbox.inside.frames import FrameCaps, read_frame, wait_forever, write_frame
from gradcheck.sandbox.inside.serving import SUBMISSION, perform_call, run_text, serve

CAPS = FrameCaps(payload=1000)


def perform(function, argument=None):
    return perform_call({"f": function}, "f", argument, CAPS)


def test_a_value_is_returned():
    assert perform(lambda x: x + 1, 2) == {"status": "returned", "value": 3}


def test_an_exception_has_its_innermost_place_in_the_submission():
    text = "def f(x):\n    return g(x)\n\ndef g(x):\n    return [].pop()\n"
    names = {}
    exec(compile(text, SUBMISSION + "mine.py", "exec"), names)
    assert perform(names["f"]) == {
        "status": "raised",
        "error": "IndexError",
        "message": "pop from empty list",
        "file": "mine.py",
        "line": 5,
    }


def test_an_exception_elsewhere_has_no_place():
    result = perform(lambda x: 1 // 0)
    assert (result["error"], result["file"], result["line"]) == ("ZeroDivisionError", "", 0)


def test_a_handler_that_is_not_there_raises():
    assert perform_call({}, "g", None, CAPS)["error"] == "KeyError"


class SilentError(Exception):
    def __str__(self):
        raise ValueError


def fail(error):
    raise error


@pytest.mark.parametrize(
    ("error", "name"),
    [(SilentError(), "SilentError"), (KeyboardInterrupt(), "KeyboardInterrupt"), (OSError(12, "x"), "MemoryError")],
)
def test_every_exception_is_told(error, name):
    assert perform(fail, error)["error"] == name


@pytest.mark.parametrize(("end", "code"), [(SystemExit(), 1), (SystemExit(0), 0), (SystemExit("no"), 1)])
def test_an_exit_is_no_value(end, code):
    assert perform(fail, end) == {"status": "exited", "code": code}


def test_a_value_that_does_not_cross_is_told():
    assert perform(lambda x: object())["status"] == "unsendable"
    assert perform(lambda x: np.zeros(1000)) == {"status": "unsendable", "message": "8,000 bytes where 1,000 are left"}


def test_a_program_of_the_parent_runs():
    assert run_text({"text": "def double(x):\n    return 2 * x", "function": "double", "argument": 3}) == 6


def test_calls_are_answered_in_order_until_the_channel_closes():
    ours, theirs = socket.socketpair()
    server = threading.Thread(target=serve, args=(theirs.fileno(), {"half": lambda x: x / 2}, CAPS))
    server.start()
    calls = [["half", 3], ["half", "x"], ["half", np.ones(100)], ["half", np.ones(100)]]
    with ours, theirs:
        write_frame(ours.fileno(), {"number": 7, "calls": calls[:2]}, CAPS, wait_forever)
        answer = read_frame(ours.fileno(), CAPS, wait_forever)
        write_frame(ours.fileno(), {"number": 8, "calls": [["half", np.ones(60)], ["half", 4]]}, CAPS, wait_forever)
        second = read_frame(ours.fileno(), CAPS, wait_forever)
        ours.shutdown(socket.SHUT_RDWR)
        server.join()
    assert answer["number"] == 7
    assert [result["status"] for result in answer["results"]] == ["returned", "raised"]
    assert second["results"][1]["value"] == 2.0


def test_results_that_do_not_fit_together_are_told():
    ours, theirs = socket.socketpair()
    server = threading.Thread(target=serve, args=(theirs.fileno(), {"many": lambda x: np.ones(100)}, CAPS))
    server.start()
    with ours, theirs:
        write_frame(ours.fileno(), {"number": 1, "calls": [["many", 0], ["many", 0]]}, CAPS, wait_forever)
        answer = read_frame(ours.fileno(), CAPS, wait_forever)
        ours.shutdown(socket.SHUT_RDWR)
        server.join()
    assert [result["status"] for result in answer["results"]] == ["unsendable"] * 2
