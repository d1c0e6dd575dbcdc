"""The upstream of one output is sent through another one."""

import numpy as np
import pytest

from gradcheck import Array, Op
from tests.causes.hypotheses.explaining import explain

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def forward(x, residual):
    s = x + residual
    return (np.tanh(s), s), s


@pytest.mark.parametrize(
    ("own", "words"),
    [
        (0, "the upstream of s is sent through y, in place of its own way"),
        (1, "the upstream of s is sent through y, besides its own way"),
    ],
)
def test_an_upstream_on_the_wrong_way_is_told(own, words):
    def backward(dys, s):
        dy, ds = dys
        d = (dy + ds) * (1 - np.tanh(s) ** 2) + own * ds
        return d, d.copy()

    op = Op("joined", forward, backward, inputs={"x": Array("N D"), "residual": Array("N D")}, outputs=("y", "s"))
    assert explain(op, "x")["upstream-wrong"] == words
