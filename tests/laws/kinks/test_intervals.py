"""Whether a gradient lies between the one-sided slopes."""

import numpy as np
import pytest

from gradcheck.laws.kinks.intervals import find_interval, is_outside
from gradcheck.laws.kinks.probe import Coordinate, Trial
from gradcheck.laws.kinks.slopes import OneSidedSlopes

ALONG = (np.array([1.0, 0.0]),)


def trial(left, right, error=1e-9, alone=True):
    """Slopes along one coordinate, or along a line on which several move."""
    return Trial(OneSidedSlopes(ALONG, left, right, error), Coordinate("x", (0,)) if alone else None)


@pytest.mark.parametrize(
    ("claimed", "outside"), [(0.0, False), (1.0, False), (0.5, False), (-1e-10, False), (1.5, True), (-0.5, True)]
)
@pytest.mark.parametrize(("left", "right"), [(0.0, 1.0), (1.0, 0.0)])
def test_between_the_slopes_is_inside_whatever_their_order(claimed, outside, left, right):
    assert is_outside((np.array([claimed, 7.0]),), trial(left, right)) is outside


def test_an_interval_has_the_claimed_slope_and_what_is_allowed():
    interval = find_interval((np.array([2.0, 7.0]),), trial(1.0, 0.0))
    assert (interval.low, interval.high, interval.claimed) == (0.0, 1.0, 2.0)
    assert interval.allowed >= 1e-9
    assert interval.is_exceeded


def test_along_a_line_without_a_kink_or_with_unknown_slopes_there_is_no_interval():
    gradient = (np.array([7.0, 7.0]),)
    assert find_interval(gradient, trial(1.0, 1.0, alone=False)) is None
    assert find_interval(gradient, trial(0.0, 1.0, error=np.inf)) is None
    assert not is_outside(gradient, trial(0.0, 1.0, error=np.inf))
    assert find_interval(gradient, trial(1.0, 1.0)) is not None
