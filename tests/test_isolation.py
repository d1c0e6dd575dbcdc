"""Checks of several threads happen one after another, and NumPy is for all others what it always is."""

from itertools import groupby
from threading import Barrier, Event, Thread, get_ident
from types import ModuleType

import numpy as np
import pytest

from gradcheck import Array, Op, assert_correct, check, numerical_gradient
from gradcheck.oracles.noisy_arrays import NoisyArray

CONVERSIONS = np.asarray, np.array
NAMES = dict(vars(np))


def in_threads(count, work):
    """Run the same work in so many threads that begin together; what one of them raises fails the test."""
    together = Barrier(count)
    threads = [Thread(target=lambda: (together.wait(), work())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def calls():
    """The threads that call the code under test, call by call."""
    return []


@pytest.mark.slow
def test_four_checks_at_once_happen_one_after_another(calls):
    def forward(x):
        calls.append(get_ident())
        return np.sum(np.asarray(x) * np.array(x)), x

    reference = lambda x: (x * x).sum()  # noqa: E731
    square = Op("square", forward, lambda dy, x: 2 * x * dy, reference, inputs={"x": Array("N D")})
    in_threads(4, lambda: assert_correct(square, examples=12))
    assert (np.asarray, np.array) == CONVERSIONS
    assert len(list(groupby(calls))) == len(set(calls)) == 4


@pytest.mark.slow
def test_four_numerical_gradients_at_once_are_what_one_is_alone():
    def f(x):
        return np.sum(np.tanh(np.asarray(x)) * np.array(x))

    x = np.linspace(-2, 2, 40)
    alone, found = numerical_gradient(f, x), []
    in_threads(4, lambda: found.append(numerical_gradient(f, x)))
    assert len(found) == 4
    for estimate in found:
        np.testing.assert_array_equal(estimate.value, alone.value)
        np.testing.assert_array_equal(estimate.error, alone.error)


class Pause:
    """Stops code under test on an array that moves, until another thread has looked around."""

    def __init__(self):
        self.reached, self.looked = Event(), Event()

    def __call__(self, x):
        if isinstance(x, NoisyArray) and not self.reached.is_set():
            self.reached.set()
            assert self.looked.wait(60)


def look_around(seen):
    """What a thread that has nothing to do with a check finds in NumPy."""
    x = np.linspace(0.1, 1, 7)
    results = np.tanh(np.asarray(x)), np.array(x) @ x, np.sum(x, axis=0), np.linalg.norm(np.asarray(x)), np.stack([x])
    seen["conversions"] = np.asarray, np.array
    seen["module"] = type(np)
    seen["names"] = {name for name, value in NAMES.items() if vars(np)[name] is not value}
    seen["stripped"] = type(np.asarray(x.view(NoisyArray)))
    seen["types"] = {type(r) for r in results} - {np.float64}
    seen["results"] = results


@pytest.mark.slow
def test_another_thread_sees_nothing_of_a_check():
    pause, expected, seen, verdicts = Pause(), {}, {}, []

    def forward(x):
        y = np.asarray(x)
        pause(y)
        return np.tanh(y), np.array(y)

    def backward(dy, x):
        return dy / np.cosh(x) ** 2

    op = Op("tanh", forward, backward, inputs={"x": Array("N D")})
    look_around(expected)
    checking = Thread(target=lambda: verdicts.append(check(op, examples=4).status))
    checking.start()
    try:
        assert pause.reached.wait(60)
        look_around(seen)
    finally:
        pause.looked.set()
        checking.join()
    assert verdicts == ["passed"]
    assert seen["conversions"] == CONVERSIONS
    assert seen["module"] is ModuleType
    assert seen["names"] == set()
    assert seen["stripped"] is np.ndarray
    assert seen["types"] == {np.ndarray}
    for got, wanted in zip(seen["results"], expected["results"], strict=True):
        np.testing.assert_array_equal(got, wanted)
