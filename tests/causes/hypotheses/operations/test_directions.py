"""Directions of an input, and the derivatives along them."""

import numpy as np
import pytest

from gradcheck.causes.hypotheses.operations.changes import hold_result
from gradcheck.causes.hypotheses.operations.directions import (
    COMPARED_DIRECTIONS,
    LONGEST_DIRECTION,
    WIDER,
    Direction,
    choose_directions,
    measure_direction,
    take_changed_derivative,
)
from gradcheck.causes.watched_forward import watch_forward
from tests.causes.hypotheses.explaining import collect, declare


@pytest.fixture(scope="module")
def case():
    op = declare(lambda x: (np.tanh(x) * 2, x), lambda dy, x: dy * 2, x="N D")
    return collect(op, "x")[0]


def test_a_wider_direction_has_the_same_center():
    wide = Direction((np.array([3.0]), np.array([1.0])), 2.0, 0.0, 0.0, 1.0).widen()
    assert sum(wide.ends) == 4
    assert wide.ends[0] - wide.ends[1] == WIDER * 2
    assert wide.length == WIDER * 2


def test_directions_are_as_long_as_the_elements(case):
    directions = list(choose_directions(case, 0))
    assert len(directions) == COMPARED_DIRECTIONS
    assert all((np.abs(v) <= LONGEST_DIRECTION).all() and v.all() for v in directions)


def test_the_derivatives_along_a_direction_are_told_apart(case):
    v = next(choose_directions(case, 0))
    direction = measure_direction(case, watch_forward(case.evaluator, 0), v)
    x, u = case.inputs[0], case.upstream[0]
    moved = (direction.ends[0] - direction.ends[1]) / direction.length
    assert direction.claimed == pytest.approx(np.sum(2 * u * moved))
    assert abs(direction.right - np.sum(2 * u * (1 - np.tanh(x) ** 2) * moved)) <= direction.tolerance


def test_what_is_held_constant_has_no_derivative(case):
    forward = watch_forward(case.evaluator, 0)
    direction = measure_direction(case, forward, next(choose_directions(case, 0)))
    held = dict.fromkeys(forward.seen, hold_result)
    assert take_changed_derivative(case, forward, direction, held) == 0
