"""A few steps give a derivative, or nothing where they are not enough."""

import numpy as np
import pytest

from gradcheck.oracles.error_factors import QUICK_DERIVATIVE_STEPS, QUICK_DERIVATIVE_STEPS_WITH_REFERENCE
from gradcheck.oracles.finite_differences.quick_derivative import quick_derivative, quick_derivative_of_inputs
from tests.oracles.finite_differences.functions import function


def take(f, x, referred=False):
    """The quick derivative of f at x, every element moved by 1."""
    oracle, point = function(f, x)
    steps = QUICK_DERIVATIVE_STEPS_WITH_REFERENCE[1] if referred else QUICK_DERIVATIVE_STEPS
    return quick_derivative(oracle, point, (np.ones(point[0].shape),), f(point[0]), steps, referred)


@pytest.mark.parametrize("referred", [False, True])
def test_a_smooth_function_is_known_after_a_few_steps(referred):
    x = np.array([0.5, -1.25, 3.0])
    found = take(np.sin, x, referred)
    assert np.all(np.abs(found.estimate.value - np.cos(x)) <= found.estimate.error)


def test_without_a_reference_any_kink_is_too_much():
    assert take(np.abs, [1.0, 0.0]) is None


def test_with_a_reference_a_kinked_output_is_left_out():
    found = take(np.abs, [1.0, 0.0], referred=True)
    assert found.kinked.tolist() == [False, True]
    assert found.estimate.value[0] == 1.0


def test_with_a_reference_one_output_must_be_smooth():
    assert take(np.abs, [0.0, 0.0], referred=True) is None


@pytest.mark.parametrize("referred", [False, True])
def test_inputs_are_moved_along_their_first_direction(referred):
    oracle, x = function(np.sin, [0.5, -1.25])
    rng = np.random.default_rng(0)
    found = quick_derivative_of_inputs(oracle, x, np.sin(x[0]), [0], lambda v: v, rng, referred)
    expected = np.cos(x[0]) * found.direction[0]
    assert (found.direction[0] != 0).all()
    assert np.all(np.abs(found.estimate.value - expected) <= found.estimate.error)


def test_where_nothing_may_move_there_is_no_derivative():
    oracle, x = function(np.sin, [0.5])
    rng = np.random.default_rng(0)
    assert quick_derivative_of_inputs(oracle, x, np.sin(x[0]), [0], lambda v: (0 * v[0],), rng, False) is None


@pytest.mark.parametrize("referred", [False, True])
def test_nothing_is_known_of_an_output_that_is_not_finite(referred):
    found = take(np.sqrt, [4.0, -1.0], referred)
    assert found.kinked.tolist() == [False, True]
    assert abs(found.estimate.value[0] - 0.25) <= found.estimate.error[0]
    assert take(np.sqrt, [-4.0, -1.0], referred) is None
