"""A condition that is not applied on the way back is told by what it stands for."""

import numpy as np
import pytest

from tests.causes.hypotheses.explaining import declare, explain, first

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def rectified(x, w):
    return np.maximum(x @ w, 0), (x, w)


def test_a_mask_that_is_not_applied_is_told():
    op = declare(rectified, lambda dy, cache: (dy @ cache[1].T, cache[0].T @ dy), x="N D", w="D M")
    assert "np.maximum(x @ w, 0)" in explain(op, "w")["mask-missing"]


def clipped(x):
    return np.clip(x, -1, 1), (x,)


def test_bounds_that_are_not_applied_are_told():
    name, words = first(declare(clipped, lambda dy, cache: dy.copy(), x="N D"), "x")
    assert name == "saturation-ignored"
    assert words.startswith("the bounds of `np.clip(x, -1, 1)`")


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
