"""A factor that is missing, or on the way back to another addend, is told."""

import numpy as np
import pytest

from gradcheck import choice
from tests.causes.hypotheses.explaining import declare, explain, first
from tests.causes.hypotheses.operations.wrong_backwards import back_through_statistics

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def test_a_factor_that_is_missing_is_told():
    assert "gamma" in explain(back_through_statistics(1, 1, 0), "x")["factor-missing"]


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
