"""Contributions that are not added up."""

import numpy as np
import pytest

from gradcheck import whole
from tests.causes.hypotheses.explaining import declare, explain, first

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def convolve(x, w, stride):
    length = (x.shape[1] - len(w)) // stride + 1
    windows = [x[:, o * stride : o * stride + len(w)] for o in range(length)]
    return np.stack([window @ w for window in windows], axis=1), (x, w, stride)


def back_through_windows(add=True, rounds=None):
    def backward(dy, cache):
        x, w, s = cache
        dx, dw = np.zeros(x.shape), np.zeros(w.shape)
        for o in list(range(dy.shape[1]))[rounds or slice(None)]:
            own = slice(o * s, o * s + len(w))
            dx[:, own] = dx[:, own] * add + dy[:, o : o + 1] * w
            dw += dy[:, o] @ x[:, own]
        return dx, dw

    return declare(convolve, backward, {"stride": whole(1, 2)}, {"L": whole("K", None)}, x="N L", w="K")


def test_windows_that_overwrite_each_other_are_told():
    assert first(back_through_windows(add=False), "x")[0] == "overwritten"


@pytest.mark.parametrize(
    ("rounds", "name"),
    [(slice(0, 1), "early-return"), (slice(0, -1), "window-missing"), (slice(1, None), "off-by-one")],
)
@pytest.mark.parametrize("label", ["x", "w"])
def test_windows_that_are_left_out_are_told(rounds, name, label):
    assert name in explain(back_through_windows(rounds=rounds), label)


def look_up(table, ids):
    return table[ids], (table, ids)


def test_repeated_indices_that_overwrite_are_told():
    def backward(dy, cache):
        table, ids = cache
        d = np.zeros_like(table)
        d[ids] += dy
        return d, None

    assert first(declare(look_up, backward, table="V D", ids="N T: V"), "table")[0] == "overwritten"


def test_repeated_indices_that_are_averaged_are_told():
    def backward(dy, cache):
        table, ids = cache
        d, count = np.zeros_like(table), np.zeros((len(table), 1))
        np.add.at(d, ids, dy)
        np.add.at(count, ids, 1.0)
        return d / np.maximum(count, 1), None

    assert first(declare(look_up, backward, table="V D", ids="N T: V"), "table")[0] == "divided-by-length"


def largest(x, size):
    count = x.shape[1] - size + 1
    return np.stack([x[:, o : o + size].max(axis=1) for o in range(count)], axis=1), (x, size)


def test_zeros_that_overwrite_are_told():
    def backward(dy, cache):
        x, size = cache
        dx = np.zeros_like(x)
        for o in range(dy.shape[1]):
            window = x[:, o : o + size]
            dx[:, o : o + size] = (window == window.max(axis=1, keepdims=True)) * dy[:, o : o + 1]
        return dx

    op = declare(largest, backward, {"size": whole(1, 3)}, {"L": whole("size", None)}, x="N L")
    assert first(op, "x")[0] == "overwritten"
