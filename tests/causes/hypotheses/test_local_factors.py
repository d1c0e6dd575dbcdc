"""Factors that differ from element to element, and masks."""

import numpy as np
import pytest

from tests.causes.hypotheses.explaining import declare, explain

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def looped(function):
    """A forward that applies a function to each row of x * s, on arrays of its own."""

    def forward(x, s):
        y = np.array([function(np.array(row, dtype=float, copy=True).tolist(), s) for row in x * 1.0])
        return y, (x, s, y)

    return forward


def hyperbolic(row, s):
    return np.tanh(np.array(row)) * s.tolist()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda dx, x, s: dx / s, "the factor s is missing"),
        (lambda dx, x, s: dx * s, "the factor s is one too many"),
        (lambda dx, x, s: dx / np.cos(x), "the slope cos(x) is missing"),
    ],
)
def test_a_factor_is_told(change, words):
    def backward(dy, cache):
        x, s, _ = cache
        dx = dy * s * (1 - np.tanh(x) ** 2)
        return change(dx, x, s), (dy * np.tanh(x)).sum(axis=0)

    assert words in explain(declare(looped(hyperbolic), backward, x="N D", s="D"), "x").values()


def kept(x):
    y = np.zeros(x.shape)
    y[x > 0] = x[x > 0] ** 2
    return y, x


def test_a_mask_is_told():
    found = explain(declare(kept, lambda dy, x: 2 * dy * x, x="N D"), "x")
    assert "(x > 0)" in found["mask-missing"]


@pytest.mark.parametrize(
    ("flows", "words"),
    [
        (lambda x: x > -1, "above an upper bound"),
        (lambda x: x < 1, "below a lower bound"),
        (np.ones_like, "on both sides"),
    ],
)
def test_a_bound_is_told_beyond_which_the_gradient_flows(flows, words):
    def limit(row, s):
        return [s[0] * min(max(a, -1.0), 1.0) for a in row]

    def backward(dy, cache):
        x, s, _ = cache
        return dy * s[0] * flows(x), np.array([np.sum(dy * np.clip(x, -1, 1))] + [0.0] * (len(s) - 1))

    found = explain(declare(looped(limit), backward, x="N D", s="D"), "x")
    assert words in found["saturation-ignored"]
