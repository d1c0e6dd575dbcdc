"""Directions have few bits, and the size of what they move."""

import numpy as np
import pytest

from gradcheck.oracles.finite_differences.directions import (
    draw_directions,
    draw_few_bit_direction,
    measure_typical_size,
)
from tests.oracles.finite_differences.functions import points


def test_directions_move_every_input_by_its_size_and_every_element_by_its_own():
    x, y = np.array([1.0, -2.0, 4.0, 0.0]), np.full((2, 2), 1e-3)
    by_input, by_element = draw_directions((x, y), [0, 1], np.random.default_rng(0))
    assert np.all(by_input[0] != 0)
    assert np.all(np.abs(by_input[1]) < 1e-2)
    assert np.all((np.abs(by_element[0]) > np.abs(x) / 2) & (by_element[0] != 0))


def test_an_input_that_does_not_move_stays():
    x, y = np.ones(3), np.ones(2)
    assert all(not d[1].any() and d[0].all() for d in draw_directions((x, y), [0], np.random.default_rng(0)))


def test_directions_have_few_bits_and_about_the_size_that_is_asked_for():
    sizes = np.abs(points(7))
    v = draw_few_bit_direction(sizes, np.random.default_rng(8))
    mantissa, _ = np.frexp(np.abs(v))
    assert np.array_equal(mantissa * 256, np.rint(mantissa * 256))
    assert len(np.unique(v)) > 0.9 * v.size
    assert np.all((np.abs(v) > sizes / 2) & (np.abs(v) < 2 * sizes))
    assert v.min() < 0 < v.max()


@pytest.mark.parametrize(
    ("a", "size"), [([0, 0], 1), ([3, -3], 3), ([1e300, 1e300], 1e300), ([1e-300], 1e-300), ([], 1)]
)
def test_the_typical_size_neither_overflows_nor_vanishes(a, size):
    assert measure_typical_size(np.array(a, float)) == pytest.approx(size, rel=1e-15)
