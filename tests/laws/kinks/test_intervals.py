"""Whether a gradient lies between the one-sided slopes along a direction."""

import numpy as np
import pytest

from gradcheck.laws.kinks.intervals import find_interval, is_outside
from gradcheck.laws.kinks.probe import Coordinate, Trial
from gradcheck.laws.kinks.slopes import OneSidedSlopes

ALONG_X = (np.array([1.0]),)


def trial(left, right, error=1e-9, coordinate=None):
    return Trial(OneSidedSlopes(ALONG_X, left, right, error), coordinate)


@pytest.mark.parametrize(
    ("claimed", "outside"), [(0.0, False), (0.5, False), (1.0, False), (1 + 5e-10, False), (1.001, True), (-0.1, True)]
)
def test_between_the_slopes_and_their_error_a_gradient_is_inside(claimed, outside):
    gradient = (np.array([claimed]),)
    assert is_outside(gradient, trial(0.0, 1.0)) == outside
    assert is_outside(gradient, trial(1.0, 0.0)) == outside


def test_a_gradient_that_is_no_number_is_outside():
    assert is_outside((np.array([np.nan]),), trial(0.0, 1.0))


def test_along_a_smooth_direction_there_is_no_interval():
    gradient = (np.array([5.0]),)
    assert find_interval(gradient, trial(1.0, 1.0)) is None
    assert find_interval(gradient, trial(1.0, 1.0, coordinate=Coordinate("x", (0,)))) is not None


def test_unknown_slopes_bound_nothing():
    assert find_interval((np.array([5.0]),), trial(0.0, 1.0, error=np.inf)) is None
