"""An array with a name that is used in place of another, or once too often, is told."""

import numpy as np
import pytest

from tests.causes.hypotheses.explaining import declare, first

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


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
