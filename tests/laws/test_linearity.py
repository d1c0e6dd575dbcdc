"""linearity: backward is linear in the upstream."""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from tests.laws.observing import claims, observe

X = np.array([1.0, -2.0, 3.0])
SQUARE = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, inputs={"x": Array("N")})


def test_a_product_with_the_upstream_is_linear():
    assert observe("linearity", SQUARE, X).findings == ()


@pytest.mark.parametrize(
    ("backward", "words"),
    [
        (lambda dy, x: 2 * x * dy + 1, "for 0 times the upstream"),
        (lambda dy, x: 2 * x, "for 0 times the upstream"),
        (lambda dy, x: 2 * x * dy * dy, "for 2^20 times the upstream"),
        (lambda dy, x: 2 * x * np.clip(dy, -1, 1), "for 2^20 times the upstream"),
        (lambda dy, x: 2 * x * np.where(np.abs(dy) < 1e-3, 0, dy), "for -2^-20 times the upstream"),
        (lambda dy, x: 2 * x * np.max(dy), "for -2^-20 times the upstream"),
    ],
    ids=["a constant", "ignored", "squared", "clipped", "small ones lost", "the largest"],
)
def test_what_is_not_linear_is_found(backward, words):
    said = claims("linearity", replace(SQUARE, backward=backward), X)
    assert any(claim.startswith(words) for claim in said), said


def test_the_sum_of_two_upstreams_is_asked_as_well():
    """A gradient that is homogeneous, of degree one for any number, and no sum."""

    def backward(dy, x):
        return 2 * x * np.cbrt(np.prod(dy))

    (claim,) = claims("linearity", replace(SQUARE, backward=backward), X)
    assert claim.startswith("for the sum of two upstreams, the gradient of x is ")


def test_rounding_is_allowed():
    assert observe("linearity", replace(SQUARE, backward=lambda dy, x: (2 * x * dy) / 3 * 3), X).findings == ()
