"""What a gradient does at a kink, by name."""

import numpy as np
import pytest

from gradcheck.laws.kinks.conventions import (
    TIE_FOR_LARGEST,
    TIE_FOR_SMALLEST,
    format_slopes,
    name_conventions,
    name_lone_convention,
    name_tie_convention,
)
from gradcheck.laws.kinks.probe import Coordinate
from gradcheck.laws.kinks.slopes import OneSidedSlopes

ERROR = 1e-9


def sides(left, right, place=0, size=3):
    """One-sided slopes along one coordinate of a vector."""
    direction = np.zeros(size)
    direction[place] = 1.0
    return OneSidedSlopes((direction,), left, right, ERROR)


@pytest.mark.parametrize(
    ("claimed", "name"),
    [(0.0, "zero"), (-1.0, "left"), (3.0, "right"), (1.0, "middle"), (2.5, "2.5"), (3 + 1e-10, "right")],
)
def test_a_lone_coordinate_takes_a_side_the_middle_or_a_number(claimed, name):
    assert name_lone_convention(claimed, sides(-1.0, 3.0)) == name


@pytest.mark.parametrize(
    ("shares", "name"),
    [
        ([0.0, 0.0], "zero"),
        ([1.0, 0.0, 0.0], "first"),
        ([0.0, 0.0, 1.0], "last"),
        ([0.0, 1.0, 0.0], "one of them"),
        ([0.5, 0.5], "split"),
        ([0.333333, 0.333333, 0.333333], "split"),
        ([1.0, 1.0], "all"),
        ([1.0, 1.0, 0.0], ""),
        ([0.25, 0.75], "other"),
    ],
)
def test_of_several_that_tie_shares_are_named(shares, name):
    assert name_tie_convention(shares) == name


def test_slopes_are_written_without_meaningless_digits():
    assert format_slopes(OneSidedSlopes((), 1e-12, 1.0000000001, 1e-6)) == "0 and 1"


def name(gradient, slope, coordinates):
    """The conventions of a gradient by kink, with a slope along any direction."""
    named = name_conventions(lambda d: float(gradient @ d[0]), slope, coordinates)
    return {convention.kink: convention.convention for convention in named}


def test_a_coordinate_alone_is_named_with_the_slopes_beside_it():
    gradient = np.array([0.0, 5.0, 5.0])
    assert name(gradient, None, [(Coordinate("x", (0,)), sides(0.0, 1.0))]) == {"x between slopes 0 and 1": "zero"}


def slope_of_largest(direction):
    """The slope of a maximum of coordinates that tie."""
    return float(np.max(direction[0])), ERROR


def slope_of_sum(direction):
    """The slope of a sum of rectifiers at zero."""
    return float(np.sum(np.maximum(direction[0], 0))), ERROR


def test_those_that_tie_for_the_largest_are_named_together():
    coordinates = [(Coordinate("x", (i,)), sides(0.0, 1.0, i)) for i in range(3)]
    assert name(np.array([1.0, 0.0, 0.0]), slope_of_largest, coordinates) == {TIE_FOR_LARGEST: "first"}
    assert name(np.full(3, 1 / 3), slope_of_largest, coordinates) == {TIE_FOR_LARGEST: "split"}


def test_those_that_tie_for_the_smallest_are_told_from_them():
    coordinates = [(Coordinate("x", (i,)), sides(1.0, 0.0, i)) for i in range(2)]

    def slope_of_smallest(direction):
        return float(np.min(direction[0][:2])), ERROR

    assert name(np.array([0.0, 1.0, 0.0]), slope_of_smallest, coordinates) == {TIE_FOR_SMALLEST: "last"}


def test_kinks_that_only_meet_are_no_tie():
    coordinates = [(Coordinate("x", (i,)), sides(0.0, 1.0, i)) for i in range(3)]
    assert name(np.array([1.0, 0.0, 0.0]), slope_of_sum, coordinates) == {}
