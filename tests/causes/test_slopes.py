"""A gradient is compared with the outputs along a direction."""

import numpy as np
import pytest

from gradcheck import Array, Op
from gradcheck.causes.slopes import Slope, measure_slope_of_input
from gradcheck.evaluation.evaluator import Evaluator
from tests.laws.observing import make_case

PRODUCT = Op("product", lambda x, y: (x * y, None), lambda dy, _: (dy, dy), inputs={"x": Array("N"), "y": Array("N")})
X, Y, UPSTREAM = np.array([1.0, 2.0]), np.array([3.0, -4.0]), np.array([1.0, 0.5])


@pytest.mark.parametrize("direction", [[1.0, 0.0], [0.25, 3.0]])
def test_the_right_gradient_has_the_slope_and_another_has_not(direction):
    direction = np.array(direction)
    slope = measure_slope_of_input(Evaluator(PRODUCT, make_case(PRODUCT, X, Y, upstream=(UPSTREAM,))), 0, direction)
    right = UPSTREAM * Y
    assert slope.value == pytest.approx(np.sum(right * direction), abs=4 * slope.error)
    assert slope.is_of(right, direction)
    assert not slope.is_of(2 * right, direction)


def test_terms_that_cancel_do_not_make_it_exact():
    slope = Slope(0.0, 0.0, 1.0)
    assert slope.is_of(np.array([1.0, 1e-9 - 1]), np.ones(2))
    assert not slope.is_of(np.array([1.0, 1e-6 - 1]), np.ones(2))


def test_no_gradient_has_an_unknown_slope():
    unknown = Slope(1.0, np.inf, 1.0)
    assert not unknown.is_known
    assert not unknown.is_of(np.ones(1), np.ones(1))
