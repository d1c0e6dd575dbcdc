"""The upstream leaves out what has no derivative."""

import numpy as np

from gradcheck.oracles.finite_differences.derivative import differentiate_along
from gradcheck.oracles.finite_differences.upstream_weights import weight_upstream
from tests.oracles.finite_differences.functions import function, slope


def test_the_upstream_leaves_out_outputs_without_a_derivative():
    found = slope(np.abs, [1.0, 0.0, -2.0])
    chosen = weight_upstream(np.array([2.0, 3.0, -4.0]), [found])
    assert chosen[1] == 0
    assert (chosen[[0, 2]] != 0).all()
    assert np.sign(chosen[[0, 2]]).tolist() == [1, -1]


def test_the_upstream_of_a_kinked_scalar_stays():
    oracle, x = function(lambda x: np.sum(np.abs(x)), [0.0])
    assert weight_upstream(np.array([2.0]), [differentiate_along(oracle, x, (np.ones(1),))]).tolist() == [2.0]
