"""Differences know their error: the truth lies within the bar, and where there is no derivative the bar is infinite."""

import numpy as np
import pytest

from gradcheck.oracles.error_factors import SIDE_STEPS
from gradcheck.oracles.finite_differences.derivative import differentiate_one_sided
from gradcheck.oracles.finite_differences.directions import draw_few_bit_direction
from gradcheck.oracles.finite_differences.line import measure_rounding_nearby
from tests.oracles.finite_differences.functions import SMOOTH, contains, function, points, slope


@pytest.mark.parametrize("name", SMOOTH)
def test_the_error_bar_contains_the_truth(name):
    f, truth = SMOOTH[name]
    x = points(1)
    for v in (np.ones(x.shape), draw_few_bit_direction(np.abs(x), np.random.default_rng(2))):
        found = slope(f, x, v).estimate
        assert contains(found, v * truth(x)), np.max(np.abs(found.value - v * truth(x)) / found.error)


@pytest.mark.parametrize("name", sorted(SMOOTH.keys() - {"sin 200x", "reciprocal", "1 + tanh", "line far from zero"}))
def test_the_error_bar_is_small_where_the_step_fits_the_function(name):
    f, _ = SMOOTH[name]
    x = points(3)
    found = slope(f, x, draw_few_bit_direction(np.abs(x), np.random.default_rng(4))).estimate
    size = np.maximum(np.abs(found.value), np.abs(f(x)))
    assert np.mean(found.error <= 1e-8 * size) > 0.95


def test_relu_has_no_derivative_at_zero_and_one_on_either_side():
    found = slope(lambda x: np.maximum(x, 0), [-1.0, 0.0, 1.0])
    assert found.kinked.tolist() == [False, True, False]
    assert found.estimate.value[[0, 2]].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("distance", [1e-2, 1e-5, 1e-8])
def test_a_kink_nearby_is_stepped_around(distance):
    found = slope(lambda x: np.abs(x - 1), [1 + distance, 1 - distance])
    assert not found.kinked.any()
    assert contains(found.estimate, [1, -1])


def test_a_fast_wave_is_not_mistaken_for_a_slow_one():
    found = slope(lambda x: np.sin(200 * x), [0.1])
    assert found.estimate.value[0] == pytest.approx(200 * np.cos(20), abs=float(found.estimate.error[0]))
    assert found.estimate.error[0] < 1e-3


def test_cancellation_inside_the_function_widens_the_bar():
    found = slope(lambda x: 1 + np.tanh(x), [-6.8]).estimate
    assert contains(found, 1 / np.cosh(6.8) ** 2)
    assert found.error[0] > 1e-17


@pytest.mark.parametrize("jump", [np.sign, lambda x: np.heaviside(x, 0)], ids=["through the middle", "from the left"])
def test_at_a_jump_no_slope_is_believed(jump):
    found = slope(jump, [0.0]).estimate
    assert found.error[0] > abs(found.value[0])


def test_an_edge_of_the_domain_has_no_derivative():
    with np.errstate(invalid="ignore"):
        assert slope(np.sqrt, [0.0]).kinked.all()


def test_a_point_where_forward_raises_on_one_side_has_no_derivative():
    def picky(x):
        if (x < 1).any():
            raise ValueError
        return x

    assert slope(picky, [1.0]).kinked.all()


def side(oracle, x, v):
    """The one-sided slope along v."""
    (y,) = oracle.evaluate_along_line(x, (v,), np.zeros(1))
    ahead = oracle.evaluate_along_line(x, (v,), SIDE_STEPS)
    return differentiate_one_sided(ahead, y, measure_rounding_nearby(oracle, x, (v,)))


def test_one_sided_slopes_of_a_kink_are_those_of_its_sides():
    oracle, x = function(lambda x: np.where(x > 0, 3 * x + x * x, x), [0.0])
    assert contains(side(oracle, x, np.array([1.0])), 3.0)
    assert contains(side(oracle, x, np.array([-1.0])), -1.0)


@pytest.mark.parametrize("name", sorted(SMOOTH.keys() - {"sin 200x"}))
def test_one_sided_slopes_of_smooth_functions_agree(name):
    f, truth = SMOOTH[name]
    x = points(5, 100)
    oracle, point = function(f, x)
    v = draw_few_bit_direction(np.abs(x), np.random.default_rng(6))
    for sign in (1, -1):
        assert contains(side(oracle, point, sign * v), sign * v * truth(x))


def test_a_small_kink_beside_a_large_curvature_is_seen():
    """The product bends more than the kink at all but the finest steps, and the centred difference converges."""
    found = slope(lambda x: x[:1] * x[1:2] + np.maximum(x[2:], 0), [128.0, -128.0, 0.0], [119.0, 99.0, 0.25])
    assert np.isinf(found.estimate.error).all()


def test_a_kink_that_rounding_comes_to_hide_is_still_there():
    found = slope(lambda x: 8192 + np.maximum(x, 0), [0.0], [0.023])
    assert np.isinf(found.estimate.error).all()
