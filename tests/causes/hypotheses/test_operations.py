"""Another derivative of one operation of the forward is told by where it stands."""

import numpy as np
import pytest

from gradcheck import choice
from tests.causes.hypotheses.explaining import declare, explain, first

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def standardize(x, gamma, eps=1e-5):
    mean = x.mean(axis=0)
    var = np.mean((x - mean) ** 2, axis=0)
    xhat = (x - mean) / np.sqrt(var + eps)
    return gamma * xhat, (xhat, gamma, np.sqrt(var + eps))


def back_through_statistics(mean, var, scale, count):
    """A backward of standardize that counts mean, variance and gamma or not, and divides by count(N)."""

    def backward(dy, cache):
        xhat, gamma, std = cache
        g = dy * gamma if scale else dy
        n = len(dy)
        dx = g - mean * g.mean(axis=0) - var * xhat * (g * xhat).sum(axis=0) / count(n)
        return dx / std, (dy * xhat).sum(axis=0)

    return declare(standardize, backward, x="N D", gamma="D")


@pytest.mark.parametrize(
    ("parts", "name", "text"),
    [
        ((0, 0, 1), "statistics-constant", "x.mean(axis=0)"),
        ((1, 0, 1), "variance-constant", "np.mean((x - mean) ** 2, axis=0)"),
        ((1, 1, 0), "factor-missing", "gamma"),
    ],
)
def test_parts_of_a_normalization_are_told(parts, name, text):
    found = explain(back_through_statistics(*parts, lambda n: n), "x")
    assert text in found[name]


def test_an_unbiased_variance_is_told():
    name, words = first(back_through_statistics(1, 1, 1, lambda n: n - 1), "x")
    assert name == "unbiased"
    assert words.endswith("is multiplied by N/(N-1)")


def l2_loss(w, x, reg):
    s = x @ w
    return np.sum(s * s) / 2 + reg * np.sum(w * w), (w, x, s, reg)


@pytest.mark.parametrize(
    ("penalty", "name"),
    [
        (lambda w, x, reg: 0 * w, "regularisation-missing"),
        (lambda w, x, reg: reg * w, "regularisation-half"),
        (lambda w, x, reg: 4 * reg * w, "regularisation-twice"),
        (lambda w, x, reg: 2 * reg * w / len(x), "regularisation-divided"),
    ],
)
def test_a_regularisation_is_told(penalty, name):
    def backward(dy, cache):
        w, x, s, reg = cache
        return dy * (x.T @ s + penalty(w, x, reg)), dy * s @ w.T

    op = declare(l2_loss, backward, {"reg": choice(0.1, 0.0)}, w="D C", x="N D")
    assert first(op, "w")[0] == name


def tanh_steps(x, h, w):
    states = []
    for t in range(x.shape[1]):
        h = np.tanh(x[:, t] + h @ w)
        states.append(h)
    return np.stack(states, axis=1), (x, states, w)


def back_without_the_next_step(dy, cache):
    x, states, w = cache
    da = [dy[:, t] * (1 - states[t] ** 2) for t in range(x.shape[1])]
    return np.stack(da, axis=1), da[0] @ w.T, sum(s.T @ d for s, d in zip(states, da[1:], strict=False))


def test_a_missing_link_in_time_is_told():
    op = declare(tanh_steps, back_without_the_next_step, x="N T H", h="N H", w="H H")
    assert first(op, "x")[0] == "time-link-missing"


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gated(x, w):
    g, v = sigmoid(x @ w), np.tanh(x @ w)
    return g * v, (x, w, g, v)


def back_through_gate(slope_of_gate, slope_of_value):
    def backward(dy, cache):
        x, w, g, v = cache
        d = dy * v * slope_of_gate(g) + dy * g * slope_of_value(v)
        return d @ w.T, x.T @ d

    return declare(gated, backward, x="N D", w="D M")


@pytest.mark.parametrize(
    ("slopes", "name", "text"),
    [
        ((lambda g: 1, lambda v: 1 - v**2), "slope-missing", "sigmoid(x @ w)"),
        ((lambda g: g * (1 - g), lambda v: 1), "slope-missing", "np.tanh(x @ w)"),
        ((lambda g: sigmoid(g) * (1 - sigmoid(g)), lambda v: 1 - v**2), "slope-at-output", "sigmoid(x @ w)"),
        ((lambda g: g * (1 - g), lambda v: 1 - np.tanh(v) ** 2), "slope-at-output", "np.tanh(x @ w)"),
    ],
)
def test_a_slope_is_told_by_its_function(slopes, name, text):
    found = explain(back_through_gate(*slopes), "x")
    assert f"`{text}`" in found[name]
    assert len(found) == 1


def rectified(x, w):
    return np.maximum(x @ w, 0), (x, w)


def test_a_mask_that_is_not_applied_is_told():
    op = declare(rectified, lambda dy, cache: (dy @ cache[1].T, cache[0].T @ dy), x="N D", w="D M")
    assert "np.maximum(x @ w, 0)" in explain(op, "w")["mask-missing"]


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p, p


def test_a_maximum_that_is_subtracted_is_no_part_of_the_cause():
    op = declare(softmax, lambda dy, p: dy * p, x="N C")
    assert first(op, "x")[0] == "normaliser-constant"


def margins(w, x, y):
    scores = x @ w
    total = 0.0
    for n in range(len(x)):
        for c in range(w.shape[1]):
            if c != y[n] and scores[n, c] - scores[n, y[n]] + 1 > 0:
                total += scores[n, c] - scores[n, y[n]] + 1
    return total, (w, x, y, scores)


def test_single_elements_are_followed():
    def backward(dy, cache):
        w, x, y, scores = cache
        rows = np.arange(len(x))
        over = (scores - scores[rows, y][:, None] + 1 > 0).astype(float)
        over[rows, y] = 0
        return dy * x.T @ over, dy * over @ w.T, None

    found = explain(declare(margins, backward, w="D C", x="N D", y="N: C"), "w")
    assert "`scores[n, y[n]]`" in found["path-missing"]


def test_what_no_operation_explains_stays_without_a_cause():
    op = declare(softmax, lambda dy, p: p * (dy - (dy * p).sum(axis=1, keepdims=True)) + p**3, x="N C")
    assert explain(op, "x") == {}


def weighted(x, y, w):
    weight = 1 + (w - 1) * y
    return (1 - y) * x + weight * np.log1p(np.exp(-x)), (x, y, w)


def test_a_variable_that_is_a_factor_too_many_is_told():
    def backward(dy, cache):
        x, y, w = cache
        weight = 1 + (w - 1) * y
        bent = np.log1p(np.exp(-x))
        return dy * weight * ((1 - y) - 1 / (1 + np.exp(x))), dy * (-x + (w - 1) * bent), (dy * y * bent).sum(axis=0)

    name, words = first(declare(weighted, backward, x="N C", y="N C", w="C"), "x")
    assert name == "factor-extra"
    assert words.startswith("the factor `weight` of `weight * np.log1p(np.exp(-x))` multiplies the other part as well")
    assert words.endswith("is multiplied by `weight`")


def two_layers(x, w, v):
    hidden = np.tanh(x @ w)
    return hidden @ v, (x, w, v, hidden)


def test_a_variable_in_another_order_is_told():
    def backward(dy, cache):
        x, w, v, hidden = cache
        d = (dy @ v) * (1 - hidden**2)
        return d @ w.T, x.T @ d, hidden.T @ dy

    name, words = first(declare(two_layers, backward, x="N D", w="D H", v="H H"), "w")
    assert name == "transposed"
    assert words.startswith("`v.T` is used in place of `v` in `hidden @ v`")
