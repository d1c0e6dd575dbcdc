"""Differences know their error: the truth lies within the bar, and where there is no derivative the bar is infinite."""

import numpy as np
import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles import finite_differences
from gradcheck.oracles.directional import CaseForward
from gradcheck.oracles.finite_differences import (
    differentiate_along,
    differentiate_one_sided,
    draw_few_bit_direction,
    measure_typical_size,
    remove_kinked_coordinates,
    take_directional_derivatives,
    weight_upstream,
)
from gradcheck.records.case import Case


def function(f, x):
    """f as the oracle sees the forward of an op, and its point."""
    x = np.asarray(x, float)
    op = Op("f", lambda x: (f(x), None), lambda dy, cache: dy, inputs={"x": Array("*S")})
    return CaseForward(Evaluator(op, Case("f", {"x": x}, (), {}, 0))), (x,)


def slope(f, x, v=None):
    """The derivative of f at x along v, every element by one where no v is given."""
    oracle, point = function(f, x)
    return differentiate_along(oracle, point, (np.ones(point[0].shape) if v is None else np.asarray(v, float),))


def contains(estimate, truth):
    return bool(np.all(np.abs(estimate.value - truth) <= estimate.error))


SMOOTH = {
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "sin": (np.sin, np.cos),
    "exp": (np.exp, np.exp),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "1 + tanh": (lambda x: 1 + np.tanh(x), lambda x: 1 / np.cosh(x) ** 2),
    "sin 200x": (lambda x: np.sin(200 * x), lambda x: 200 * np.cos(200 * x)),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2),
    "root of 1 + x²": (lambda x: np.sqrt(1 + x * x), lambda x: x / np.sqrt(1 + x * x)),
    "log of 1 + x²": (lambda x: np.log1p(x * x), lambda x: 2 * x / (1 + x * x)),
    "line far from zero": (lambda x: 1e6 + x, np.ones_like),
    "constant": (lambda x: 0 * x + 3, np.zeros_like),
}


def points(seed, count=400):
    """Points of both signs over twelve binary magnitudes, none zero."""
    rng = np.random.default_rng(seed)
    return rng.choice([-1, 1], count) * rng.uniform(1, 2, count) * 2.0 ** rng.integers(-8, 4, count)


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


def test_a_staircase_is_not_taken_for_a_plateau():
    x = np.array([1.1, -0.3, 2.7])
    found = slope(lambda x: np.sin(x.astype(np.float32)).astype(float), x).estimate
    assert contains(found, np.cos(x))
    assert np.all(found.error > 1e-8)


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
    return differentiate_one_sided(oracle, x, (v,), y, finite_differences.measure_rounding_nearby(oracle, x, (v,)))


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


def test_a_scalar_with_kinks_is_split_into_the_coordinates_that_touch_them():
    oracle, x = function(lambda x: np.sum(np.abs(x)), [1.0, 0.0, -2.0, 3.0, 0.0])
    v = (np.array([1.0, 1.0, 1.0, -1.0, 1.0]),)
    found = remove_kinked_coordinates(
        oracle, x, differentiate_along(oracle, x, v), np.zeros(sum(a.size for a in x), bool)
    )
    assert found.touching[0].tolist() == [False, True, False, False, True]
    assert found.direction[0].tolist() == [1, 0, 1, -1, 0]
    assert contains(found.estimate, 1 - 1 - 1)


def test_directions_move_every_input_by_its_size_and_every_element_by_its_own():
    x, y = np.array([1.0, -2.0, 4.0, 0.0]), np.full((2, 2), 1e-3)
    by_input, by_element = finite_differences.draw_directions((x, y), [0, 1], np.random.default_rng(0))
    assert np.all(by_input[0] != 0)
    assert np.all(np.abs(by_input[1]) < 1e-2)
    assert np.all((np.abs(by_element[0]) > np.abs(x) / 2) & (by_element[0] != 0))


def test_an_input_that_does_not_move_stays():
    x, y = np.ones(3), np.ones(2)
    assert all(
        not d[1].any() and d[0].all() for d in finite_differences.draw_directions((x, y), [0], np.random.default_rng(0))
    )


def test_directions_have_few_bits_and_about_the_size_that_is_asked_for():
    sizes = np.abs(points(7))
    v = draw_few_bit_direction(sizes, np.random.default_rng(8))
    mantissa, _ = np.frexp(np.abs(v))
    assert np.array_equal(mantissa * 256, np.rint(mantissa * 256))
    assert len(np.unique(v)) > 0.9 * v.size
    assert np.all((np.abs(v) > sizes / 2) & (np.abs(v) < 2 * sizes))
    assert v.min() < 0 < v.max()


def test_inputs_that_do_not_move_get_no_direction():
    oracle, x = function(np.sin, [1.0])
    assert (
        take_directional_derivatives(
            oracle, x, [0], lambda v: tuple(0 * d for d in v), np.random.default_rng(0), np.zeros(1, bool)
        )
        == []
    )


@pytest.mark.parametrize(
    ("a", "size"), [([0, 0], 1), ([3, -3], 3), ([1e300, 1e300], 1e300), ([1e-300], 1e-300), ([], 1)]
)
def test_the_typical_size_neither_overflows_nor_vanishes(a, size):
    assert measure_typical_size(np.array(a, float)) == pytest.approx(size, rel=1e-15)


def test_the_upstream_leaves_out_outputs_without_a_derivative():
    found = slope(np.abs, [1.0, 0.0, -2.0])
    chosen = weight_upstream(np.array([2.0, 3.0, -4.0]), [found])
    assert chosen[1] == 0
    assert (chosen[[0, 2]] != 0).all()
    assert np.sign(chosen[[0, 2]]).tolist() == [1, -1]


def test_the_upstream_of_a_kinked_scalar_stays():
    oracle, x = function(lambda x: np.sum(np.abs(x)), [0.0])
    assert weight_upstream(np.array([2.0]), [differentiate_along(oracle, x, (np.ones(1),))]).tolist() == [2.0]


def test_a_small_kink_beside_a_large_curvature_is_seen():
    """The product bends more than the kink at all but the finest steps, and the centred difference converges."""
    found = slope(lambda x: x[:1] * x[1:2] + np.maximum(x[2:], 0), [128.0, -128.0, 0.0], [119.0, 99.0, 0.25])
    assert np.isinf(found.estimate.error).all()


def test_a_kink_that_rounding_comes_to_hide_is_still_there():
    found = slope(lambda x: 8192 + np.maximum(x, 0), [0.0], [0.023])
    assert np.isinf(found.estimate.error).all()
