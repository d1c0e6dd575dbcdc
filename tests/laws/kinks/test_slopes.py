"""One-sided slopes of one output along a direction."""

import numpy as np
import pytest

from gradcheck.laws.kinks.slopes import OneSidedSlopes, round_to_error

ERROR = 1e-9


def sides(left, right):
    return OneSidedSlopes((np.ones(1),), left, right, ERROR)


def test_sides_differ_beyond_their_error():
    assert sides(0.0, 1.0).kinked
    assert not sides(1.0, 1.0 + ERROR / 2).kinked


@pytest.mark.parametrize(("value", "error", "rounded"), [(0.123456, 1e-3, 0.123), (0.5, 0.0, 0.5), (7.6, 2.0, 8.0)])
def test_digits_below_the_error_are_dropped(value, error, rounded):
    assert round_to_error(value, error) == rounded
    assert np.copysign(1.0, round_to_error(-1e-12, 1e-3)) == 1
