"""numerical_gradient stays within its own error bars, and says where there is no gradient to find."""

import numpy as np
import pytest

from gradcheck import numerical_gradient

FUNCTIONS = {
    "sine": (lambda x: np.sum(np.sin(x)), np.cos, [0.0, 1.0, -30.0]),
    "fast sine": (lambda x: np.sum(np.sin(200 * x)), lambda x: 200 * np.cos(200 * x), [0.3]),
    "logarithm over six decades": (lambda x: np.sum(np.log(x)), lambda x: 1 / x, [1e-3, 1e3]),
    "exponential of a matrix": (lambda x: np.sum(np.exp(x)), np.exp, [[0.0, 1.0], [2.0, 3.0]]),
    "norm": (np.linalg.norm, lambda x: x / np.linalg.norm(x), [3.0, -4.0]),
    "product": (np.prod, lambda x: np.prod(x) / x, [1.0, 2.0, 3.0]),
    "softmax loss": (
        lambda x: np.log(np.sum(np.exp(x))) - x[0],
        lambda x: np.exp(x) / np.exp(x).sum() - [1, 0, 0],
        [0.1, 2.0, -1.0],
    ),
    "constant": (lambda x: 1.0, np.zeros_like, [1.0, 2.0]),
    "number": (lambda x: x**2, lambda x: 2 * x, 1.5),
    "float32 inside": (
        lambda x: np.sum(np.tanh(x.astype(np.float32))),
        lambda x: 1 - np.tanh(x) ** 2,
        [0.5, -0.25],
    ),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_gradient_is_within_its_own_error_bars(name):
    f, slope, x = FUNCTIONS[name]
    x = np.array(x)
    found = numerical_gradient(f, x)
    assert found.value.shape == found.error.shape == x.shape
    assert np.all(np.isfinite(found.error))
    assert np.all(np.abs(found.value - slope(x)) <= found.error)


@pytest.mark.parametrize("name", ["sine", "logarithm over six decades", "norm", "product"])
def test_the_error_bars_are_narrow_where_the_function_is_smooth(name):
    f, slope, x = FUNCTIONS[name]
    assert np.all(numerical_gradient(f, np.array(x)).error <= 1e-9 * np.abs(slope(np.array(x))))


def test_the_error_bar_knows_of_float32_inside():
    f, _, x = FUNCTIONS["float32 inside"]
    assert np.all(numerical_gradient(f, np.array(x)).error > 1e-8)


def test_at_a_kink_the_value_is_nan_and_the_error_infinite_and_elsewhere_neither():
    found = numerical_gradient(lambda x: np.sum(np.abs(x)), np.array([0.0, 1.0]))
    assert np.isnan(found.value[0])
    assert found.error[0] == np.inf
    assert abs(found.value[1] - 1) <= found.error[1] < 1e-9


def test_a_tie_in_a_maximum_is_a_kink_of_those_that_tie():
    found = numerical_gradient(np.max, np.array([1.0, 1.0, 0.0]))
    assert found.error.tolist()[:2] == [np.inf, np.inf]
    assert abs(found.value[2]) <= found.error[2]


def test_outside_of_the_domain_there_is_no_gradient():
    found = numerical_gradient(lambda x: np.sum(np.sqrt(x)), np.array([-1.0]))
    assert np.isnan(found.value).all()
    assert found.error.tolist() == [np.inf]


def test_x_is_left_as_it_was_and_the_same_seed_gives_the_same_bits():
    def spoiling(x):
        x *= 2
        return np.sum(np.sin(x))

    x = np.array([0.5, 1.0])
    first, second = (numerical_gradient(spoiling, x, seed=3) for _ in range(2))
    assert x.tolist() == [0.5, 1.0]
    assert first.value.tolist() == second.value.tolist()
    assert first.error.tolist() == second.error.tolist()


def test_f_that_returns_more_than_a_number_is_refused():
    with pytest.raises(ValueError, match=r"f returns an array of shape \(2,\).*sum the outputs"):
        numerical_gradient(np.sin, np.array([1.0, 2.0]))


@pytest.mark.parametrize("x", [np.array([1, 2]), [1, 2], np.array([True]), np.array([1j])], ids=str)
def test_x_that_is_not_floating_point_is_refused(x):
    with pytest.raises(ValueError, match=r"x has dtype .*floating-point.*np.array\(\[1.0, 2.0\]\)"):
        numerical_gradient(np.sum, x)
