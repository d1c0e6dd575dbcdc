"""Another slope of one operation is told by where it stands."""

import numpy as np
import pytest

from tests.causes.hypotheses.explaining import declare, explain, first
from tests.causes.hypotheses.operations.wrong_backwards import back_through_gate

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


@pytest.mark.parametrize(
    ("slope", "name"), [(lambda v: 1, "slope-missing"), (lambda v: 1 - np.tanh(v) ** 2, "slope-at-output")]
)
def test_a_slope_is_told_by_its_function(slope, name):
    found = explain(back_through_gate(lambda g: g * (1 - g), slope), "x")
    assert "`np.tanh(x @ w)`" in found[name]
    assert len(found) == 1


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
