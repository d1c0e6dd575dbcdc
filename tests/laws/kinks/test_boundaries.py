"""A gradient that is wrong at the boundary alone."""

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from tests.laws.observing import observe


def leaky_relu_with(slope):
    """A leaky rectifier with this slope, a function of x."""
    forward = lambda x: (np.where(x >= 0, x, 0.1 * x), x)  # noqa: E731
    return Op("leaky", forward, lambda dy, x: dy * slope(x), inputs={"x": Array("N")})


@pytest.mark.parametrize(
    ("slope", "words"),
    [
        (lambda x: (x > 0) + 0.1 * (x < 0), "belongs to neither piece"),
        (lambda x: (x >= 0) + 0.1 * (x <= 0), "belongs to both pieces"),
        (lambda x: np.where(x == 0, -3.0, np.where(x > 0, 1, 0.1)), "right on both sides of the boundary, and wrong"),
    ],
)
def test_a_boundary_that_is_wrong_is_told(slope, words):
    (finding,) = observe("kinks", leaky_relu_with(slope), np.array([0.0, 1.0, -2.0])).findings
    assert finding.cause_name == "boundary"
    assert words in finding.cause


def test_a_gradient_that_is_wrong_beside_the_boundary_as_well_is_no_matter_of_it():
    slope = lambda x: np.where(x >= 0, 3.0, 0.1)  # noqa: E731
    (finding,) = observe("kinks", leaky_relu_with(slope), np.array([0.0, 1.0, -2.0])).findings
    assert finding.cause_name == ""
