"""What has no derivative has no weight in the upstream."""

import numpy as np

from gradcheck.oracles.finite_differences.derivative import differentiate_along
from gradcheck.oracles.finite_differences.upstream_weights import weigh_outputs
from tests.oracles.finite_differences.functions import function, slope


def test_the_upstream_leaves_out_outputs_without_a_derivative():
    found = slope(np.abs, [1.0, 0.0, -2.0])
    chosen = weigh_outputs(3, [found])
    assert chosen[1] == 0
    assert (chosen[[0, 2]] > 0).all()


def test_the_upstream_of_a_kinked_scalar_stays():
    oracle, x = function(lambda x: np.sum(np.abs(x)), [0.0])
    assert weigh_outputs(1, [differentiate_along(oracle, x, (np.ones(1),))]).tolist() == [1.0]
