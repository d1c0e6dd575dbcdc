"""A part of the Jacobian for the whole."""

import numpy as np
import pytest

from tests.causes.hypotheses.explaining import declare, explain, first

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p, p


def centred_loops(x):
    y = np.zeros(x.shape)
    for n in range(len(x)):
        for d in range(x.shape[1]):
            y[n, d] = x[n, d] ** 2 - float(x[n].mean()) * 3
    return y, x


def running_sum(x):
    return np.cumsum(x, axis=1), None


def smoothed(x):
    y, level = np.zeros(x.shape), np.zeros(len(x))
    for t in range(x.shape[1]):
        level = 0.5 * level + x[:, t] ** 2
        y[:, t] = level
    return y, x


def test_a_diagonal_is_told():
    assert first(declare(softmax, lambda dy, p: dy * p * (1 - p), x="N C"), "x")[0] == "diagonal-jacobian"
    assert first(declare(centred_loops, lambda dy, x: dy * (2 * x - 3 / x.shape[1]), x="N D"), "x")[0] == (
        "diagonal-jacobian"
    )


def test_a_direction_is_told():
    op = declare(running_sum, lambda dy, cache: np.cumsum(dy, axis=1), x="N T")
    assert explain(op, "x")["wrong-direction"].startswith("the way back goes through T in the wrong direction")


def test_a_step_by_itself_is_told():
    assert "time-link-missing" in explain(declare(smoothed, lambda dy, x: 2 * dy * x, x="N T"), "x")


def test_rivals_are_refuted():
    op = declare(softmax, lambda dy, p: p * (dy - (dy * p).sum(axis=0)), x="N C")
    assert "diagonal-jacobian" not in explain(op, "x")
    assert "wrong-direction" not in explain(op, "x")
