"""The gradient through a maximum that cancels out is told where it is counted."""

import numpy as np
import pytest

from gradcheck.causes.hypotheses.operations.counted_maxima import has_tied_maximum
from gradcheck.causes.hypotheses.operations.view import view_operations
from tests.causes.hypotheses.explaining import collect, declare, first


def log_sum_exp(x):
    top = x.max(axis=1, keepdims=True)
    e = np.exp(x - top)
    total = e.sum(axis=1, keepdims=True)
    return np.log(total) + top, (x, top, e / total)


def back_and_to_the_maximum(dy, cache):
    x, top, p = cache
    return dy * p + dy * (x == top)


@pytest.mark.slow
def test_a_maximum_that_is_counted_is_told():
    name, words = first(declare(log_sum_exp, back_and_to_the_maximum, x="N D"), "x")
    assert name == "max-counted"
    assert "that of `top` in `x - top`" in words


@pytest.mark.parametrize(("step", "is_tied"), [(1.0, False), (0.0, True)])
def test_a_maximum_that_several_elements_reach_is_tied(step, is_tied):
    def forward(x):
        return log_sum_exp(step * x)

    op = declare(forward, lambda dy, cache: dy * cache[2] + 1, x="N D")
    view = view_operations(collect(op, "x")[0], 0)
    assert has_tied_maximum(view) == is_tied
