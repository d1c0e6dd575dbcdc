"""Each operation has ways back through its result and its operands."""

import numpy as np
import pytest

from tests.causes.hypotheses.explaining import declare, explain, first

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


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
