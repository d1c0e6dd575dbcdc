"""A function that moves in stairs is known no better than their height."""

import numpy as np

from tests.oracles.finite_differences.functions import contains, slope


def test_a_staircase_is_not_taken_for_a_plateau():
    x = np.array([1.1, -0.3, 2.7])
    found = slope(lambda x: np.sin(x.astype(np.float32)).astype(float), x).estimate
    assert contains(found, np.cos(x))
    assert np.all(found.error > 1e-8)


def test_stairs_that_are_those_of_no_format_are_the_function_own():
    x = np.array([-3720.002, -676352.152, -386560.315, 241344.109])
    found = slope(lambda x: np.floor(x / 3), x).estimate
    known = np.isfinite(found.error)
    assert known.any()
    assert np.all(np.abs(found.value[known]) <= found.error[known])
