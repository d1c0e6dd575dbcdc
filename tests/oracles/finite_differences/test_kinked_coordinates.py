"""A scalar with kinks is differentiated without the coordinates that touch them."""

import numpy as np

from gradcheck.oracles.finite_differences.derivative import differentiate_along
from gradcheck.oracles.finite_differences.kinked_coordinates import (
    remove_kinked_coordinates,
    take_directional_derivatives,
)
from tests.oracles.finite_differences.functions import contains, function


def test_a_scalar_with_kinks_is_split_into_the_coordinates_that_touch_them():
    oracle, x = function(lambda x: np.sum(np.abs(x)), [1.0, 0.0, -2.0, 3.0, 0.0])
    v = (np.array([1.0, 1.0, 1.0, -1.0, 1.0]),)
    found = remove_kinked_coordinates(
        oracle, x, differentiate_along(oracle, x, v), np.zeros(sum(a.size for a in x), bool)
    )
    assert found.touching[0].tolist() == [False, True, False, False, True]
    assert found.direction[0].tolist() == [1, 0, 1, -1, 0]
    assert contains(found.estimate, 1 - 1 - 1)


def test_inputs_that_do_not_move_get_no_direction():
    oracle, x = function(np.sin, [1.0])
    assert (
        take_directional_derivatives(
            oracle, x, [0], lambda v: tuple(0 * d for d in v), np.random.default_rng(0), np.zeros(1, bool)
        )
        == []
    )
