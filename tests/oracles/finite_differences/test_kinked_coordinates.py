"""A scalar with kinks is differentiated without the coordinates that touch them."""

import numpy as np

from gradcheck.oracles.finite_differences.derivative import differentiate_along
from gradcheck.oracles.finite_differences.kinked_coordinates import (
    KnownCoordinates,
    remove_kinked_coordinates,
    take_directional_derivatives,
)
from tests.oracles.finite_differences.functions import contains, function


def know_nothing(x):
    size = sum(a.size for a in x)
    return KnownCoordinates(np.zeros(size, bool), np.zeros(size, bool))


def test_a_scalar_with_kinks_is_split_into_the_coordinates_that_touch_them():
    oracle, x = function(lambda x: np.sum(np.abs(x)), [1.0, 0.0, -2.0, 3.0, 0.0])
    v = (np.array([1.0, 1.0, 1.0, -1.0, 1.0]),)
    found = remove_kinked_coordinates(oracle, x, differentiate_along(oracle, x, v), know_nothing(x))
    assert found.touching[0].tolist() == [False, True, False, False, True]
    assert found.direction[0].tolist() == [1, 0, 1, -1, 0]
    assert contains(found.estimate, 1 - 1 - 1)


def test_inputs_that_do_not_move_get_no_direction():
    oracle, x = function(np.sin, [1.0])
    assert (
        take_directional_derivatives(
            oracle, x, [0], lambda v: tuple(0 * d for d in v), np.random.default_rng(0), know_nothing(x)
        )
        == []
    )


def test_a_further_direction_begins_with_the_coordinates_that_were_smooth():
    oracle, x = function(lambda x: np.sum(np.abs(x)), [1.0, 0.0, -2.0, 3.0, 0.0, *np.arange(1.0, 60.0)])
    known, v, lines = know_nothing(x), (np.ones(x[0].shape),), []
    remove_kinked_coordinates(oracle, x, differentiate_along(oracle, x, v), known)
    further = differentiate_along(oracle, x, (2 * v[0],))
    evaluate = oracle.evaluate_along_line
    oracle.evaluate_along_line = lambda *line: [lines.append(line), evaluate(*line)][1]
    found = remove_kinked_coordinates(oracle, x, further, known)
    assert np.flatnonzero(found.touching[0]).tolist() == [1, 4]
    assert len(lines) <= 1 + 1 + 1 + 4  # its value, one look, and the derivative


def test_coordinates_that_were_smooth_are_searched_again_where_they_are_not():
    oracle, x = function(lambda x: np.sum(np.abs(x)), [1.0, 0.0, -2.0])
    known, v = know_nothing(x), (np.ones(3),)
    known.smooth[:] = [True, True, False]
    found = remove_kinked_coordinates(oracle, x, differentiate_along(oracle, x, v), known)
    assert found.touching[0].tolist() == [False, True, False]
