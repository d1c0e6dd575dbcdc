"""The slope of a power is told by the operand that varies."""

import numpy as np
import pytest

from gradcheck import choice
from tests.causes.hypotheses.explaining import declare, explain, first

pytestmark = pytest.mark.slow  # each explains a gradient in ten cases


def grow(x, base):
    return base**x, (x, base)


@pytest.mark.parametrize(
    ("slope", "name"),
    [
        (lambda x, a: a**x, "factor-missing"),
        (lambda x, a: x * a ** (x - 1), "wrong-function"),
    ],
)
def test_the_slope_by_an_exponent_is_told(slope, name):
    op = declare(grow, lambda dy, cache: dy * slope(*cache), {"base": choice(2.0, 3.0, 0.5)}, x="N D")
    assert first(op, "x")[0] == name


def test_the_slope_by_a_base_is_told():
    def forward(x):
        b = 1 + x * x
        return b**3.5, (x, b)

    def backward(dy, cache):
        x, b = cache
        return dy * 2 * x * np.log(b) * b**3.5

    assert "`b` " in explain(declare(forward, backward, x="N D"), "x")["wrong-function"] + " "


def test_a_wrong_exponent_is_no_other_function():
    def forward(x):
        b = 1 + x * x
        return b**3.5, (x, b)

    def backward(dy, cache):
        x, b = cache
        return dy * 2 * x * 3.5 * b**3.5

    assert "wrong-function" not in explain(declare(forward, backward, x="N D"), "x")
