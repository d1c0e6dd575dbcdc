"""Points on a line are x + h·v, and rounding is measured beside the point as well."""

import numpy as np
import pytest

from gradcheck.oracles.error_factors import STEPS
from gradcheck.oracles.finite_differences.line import (
    MAX_LINE_ELEMENTS,
    generate_points_on_line,
    interleave_signs,
    measure_rounding_nearby,
)


@pytest.mark.parametrize("size", [3, MAX_LINE_ELEMENTS], ids=["small", "large"])
def test_points_lie_on_the_line_and_share_no_memory_with_it(size):
    x, still = np.ones(size), np.ones(2)
    for h, (moved, stayed) in zip(
        STEPS[:3], generate_points_on_line((x, still), (2 * x, 0 * still), STEPS[:3]), strict=True
    ):
        assert np.array_equal(moved, x + h * 2 * x)
        assert np.array_equal(stayed, still)
        assert not np.shares_memory(moved, x)
        assert not np.shares_memory(stayed, still)


def test_each_step_goes_forwards_then_backwards():
    assert interleave_signs(np.array([0.5, 0.25])).tolist() == [0.5, -0.5, 0.25, -0.25]


class RoundsBesideZero:
    """A function whose rounding vanishes at zero alone."""

    def evaluate_along_line(self, x, v, steps):
        return np.zeros((len(steps), 1))

    def measure_rounding_at(self, point):
        return np.where(point[0] < 0, np.nan, np.abs(point[0]))


def test_the_rounding_is_the_largest_of_the_point_and_both_sides():
    x, v = (np.zeros(1),), (np.ones(1),)
    assert measure_rounding_nearby(RoundsBesideZero(), x, v).tolist() == [STEPS[2]]
