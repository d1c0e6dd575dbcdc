"""Checks of several threads happen one after another, and leave NumPy as it was."""

from itertools import groupby
from threading import Barrier, Thread, get_ident

import numpy as np
import pytest

from gradcheck import Array, Op, assert_correct, numerical_gradient


@pytest.fixture(autouse=True)
def conversions(monkeypatch):
    """NumPy's conversions, there again after a test that fails."""
    before = np.asarray, np.array
    monkeypatch.setattr(np, "asarray", np.asarray)
    monkeypatch.setattr(np, "array", np.array)
    return before


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


def test_four_checks_at_once_happen_one_after_another(conversions, calls):
    def forward(x):
        calls.append(get_ident())
        return np.sum(np.asarray(x) * np.array(x)), x

    reference = lambda x: (x * x).sum()  # noqa: E731
    square = Op("square", forward, lambda dy, x: 2 * x * dy, reference, inputs={"x": Array("N D")})
    in_threads(4, lambda: assert_correct(square, examples=12))
    assert (np.asarray, np.array) == conversions
    assert len(list(groupby(calls))) == len(set(calls)) == 4


def test_four_numerical_gradients_at_once_happen_one_after_another(conversions, calls):
    def f(x):
        calls.append(get_ident())
        return np.sum(np.asarray(x) * np.array(x))

    in_threads(4, lambda: numerical_gradient(f, np.ones(40)))
    assert (np.asarray, np.array) == conversions
    assert len(list(groupby(calls))) == len(set(calls)) == 4
