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
    assert "`(1 - y) * x` in" in words


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


def clipped(x):
    return np.clip(x, -1, 1), (x,)


@pytest.mark.parametrize(
    ("flows", "words"),
    [
        (np.ones_like, "the bounds of `np.clip(x, -1, 1)`"),
        (lambda x: x < 1, "the lower bound of `np.clip(x, -1, 1)`"),
        (lambda x: x > -1, "the upper bound of `np.clip(x, -1, 1)`"),
    ],
)
def test_a_bound_that_is_not_applied_is_told(flows, words):
    name, said = first(declare(clipped, lambda dy, cache: dy * flows(cache[0]), x="N D"), "x")
    assert name == "saturation-ignored"
    assert said.startswith(words)


def hinge(x):
    return np.maximum(0, 1.0 - x), ()


def test_the_mask_of_a_margin_is_told_as_such():
    assert first(declare(hinge, lambda dy, cache: -dy, x="N D"), "x")[0] == "margin-ignored"


def rivals(s, y):
    own = np.eye(s.shape[1], dtype=bool)[y]
    e = np.exp(s)
    rest = np.where(own, 0, e)
    return np.log(rest.sum(axis=1)), (e, rest)


def test_a_class_that_a_mask_leaves_out_is_told_where_it_counts():
    def backward(dy, cache):
        e, rest = cache
        return dy[:, None] * e / rest.sum(axis=1, keepdims=True), None

    assert first(declare(rivals, backward, s="N C", y="N: C"), "s")[0] == "own-class-counted"


def dropped(x, w, keep):
    h = x @ w * (np.arange(w.shape[1]) % 2)
    return h / keep, (x, w, keep)


@pytest.mark.parametrize(
    ("factor", "name"),
    [(lambda w, keep: np.arange(w.shape[1]) % 2, "keep-scale-missing"), (lambda w, keep: 1 / keep, "mask-missing")],
)
def test_the_two_factors_of_dropout_are_told_apart(factor, name):
    def backward(dy, cache):
        x, w, keep = cache
        d = dy * factor(w, keep)
        return d @ w.T, x.T @ d

    op = declare(dropped, backward, {"keep": choice(0.5, 0.8)}, x="N D", w="D M")
    assert first(op, "w")[0] == name


def sigmoid_times(x):
    s = 1 / (1 + np.exp(-x))
    return x * s, (s,)


def test_the_denominator_of_a_sigmoid_is_no_sum_that_normalises():
    name, words = first(declare(sigmoid_times, lambda dy, cache: dy * cache[0], x="N D"), "x")
    assert name != "normaliser-constant"
    assert "`1 / (1 + np.exp(-x))`" in words


def log_softmax(x):
    logarithm = np.log(np.exp(x).sum(axis=-1, keepdims=True))
    return x - logarithm, ()


def test_the_sum_in_the_logarithm_of_a_softmax_normalises():
    assert "normaliser-constant" in explain(declare(log_softmax, lambda dy, cache: dy.copy(), x="N D"), "x")


def rows_added_in_place(x, w):
    loss = 0.0
    for row in x:
        loss += np.sum(np.tanh(row @ w))
    loss /= len(x)
    loss += np.sum(w * w)
    return np.asarray(loss), (x, w)


def test_what_is_added_in_place_is_held_constant_as_a_whole():
    op = declare(rows_added_in_place, lambda dy, cache: (np.zeros(cache[0].shape), 2 * dy * cache[1]), x="N D", w="D M")
    name, words = first(op, "w")
    assert name == "path-missing"
    assert "`loss /= len(x)`" in words


def similarities(x):
    return np.einsum("nd,md->nm", x, np.tanh(x)), (x,)


def test_an_operand_of_einsum_may_be_held_constant():
    op = declare(similarities, lambda dy, cache: dy @ np.tanh(cache[0]), x="N D")
    assert first(op, "x")[0] == "path-missing"


def test_a_sum_that_normalises_and_is_not_summed_leaves_the_diagonal():
    def forward(x, w):
        e = np.exp(np.tanh(x @ w))
        p = e / e.sum(axis=1, keepdims=True)
        return p, (w, p, x)

    def backward(dy, cache):
        w, p, x = cache
        d = dy * p * (1 - p) * (1 - np.tanh(x @ w) ** 2)
        return d @ w.T, x.T @ d

    assert first(declare(forward, backward, x="N D", w="D M"), "x")[0] == "diagonal-jacobian"


def charbonnier(x):
    return np.sqrt(x * x + 1e-3), (x,)


def test_an_eps_that_is_left_out_is_told():
    op = declare(charbonnier, lambda dy, cache: dy * np.sign(cache[0]), x="N D")
    name, words = first(op, "x")
    assert name == "eps-missing"
    assert words.startswith("`0.001` is missing")


def masked_mean(x, count):
    steps = 1.0 + count[:, None] ** 2
    return np.tanh(x).sum(axis=1, keepdims=True) / steps, (x, steps)


def test_a_length_in_place_of_a_count_is_told():
    def backward(dy, cache):
        x, steps = cache
        dsteps = -np.sum(dy * np.tanh(x).sum(axis=1, keepdims=True) / steps**2, axis=1)
        return dy * (1 - np.tanh(x) ** 2) / x.shape[1], dsteps * 2 * np.sqrt(steps[:, 0] - 1)

    name, words = first(declare(masked_mean, backward, x="N T", count="N"), "x")
    assert name == "wrong-count"
    assert words.startswith("it is divided by the length of T where `steps` is right")


def weighted_by_a_number(x, t):
    weight = 2.5
    p = 1 / (1 + np.exp(-x))
    return -(weight * t * np.log(p) + (1 - t) * np.log(1 - p)), (t, p, weight)


def test_a_number_that_reaches_the_other_term_is_told():
    def backward(dy, cache):
        t, p, weight = cache
        return dy * weight * (p - t), dy * (np.log(1 - p) - weight * np.log(p))

    name, words = first(declare(weighted_by_a_number, backward, x="N D", t="N D"), "x")
    assert name == "factor-extra"
    assert "`(1 - t) * np.log(1 - p)`" in words
    assert words.endswith("is multiplied by `weight`")
