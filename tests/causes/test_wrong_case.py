"""A wrong case knows the right gradients, also for other upstreams and at other points."""

import numpy as np
import pytest

from gradcheck import adapt, choice
from gradcheck.causes.telling_cases import draw_telling_cases, draw_telling_points
from gradcheck.causes.wrong_case import (
    are_equal_within,
    convert_gradient,
    make_raised_case,
    make_wrong_case,
    replace_input,
)
from tests.causes.ops import affine_with


def test_the_expected_gradient_is_the_right_one():
    case = next(draw_telling_cases(affine_with(lambda g, dy: {**g, "w": 2 * g["w"]}), 0))
    x, w, _ = case.inputs
    (dy,) = case.upstream
    assert case.expected(0).value == pytest.approx(dy @ w.T, rel=1e-9)
    assert case.pull(1, (np.ones_like(dy),)).value == pytest.approx(x.T @ np.ones_like(dy), rel=1e-9)
    assert [case.is_wrong(i) for i in case.differentiable] == [False, True, False]


def test_a_gradient_of_another_shape_is_wrong_and_kept():
    case = next(draw_telling_cases(affine_with(lambda g, dy: {**g, "b": dy}), 0))
    assert case.claimed[2].shape == case.upstream[0].shape
    assert case.is_wrong(2)
    assert case.is_claimed(2, case.upstream[0])


def test_a_case_changes_its_settings_and_its_point():
    op = adapt(lambda x, p=2.0: (p * x, p), lambda dy, p: dy * p, name="scale", x="N", p=choice(2.0, 3.0))
    case = next(draw_telling_cases(op, 0))
    assert case.changed(settings={"p": 5.0}).expected(0).value == pytest.approx(5.0 * case.upstream[0])
    assert case.changed(point=(np.zeros(case.inputs[0].shape),)).outputs[0] == pytest.approx(0)


def test_code_that_raises_makes_no_case():
    op = affine_with(lambda g, dy: g.missing)
    point = next(draw_telling_points(op, 0))
    assert make_wrong_case(op, point) is None
    raised = make_raised_case(op, point)
    assert raised.is_unclaimed
    assert all(map(raised.is_wrong, raised.differentiable))


def test_code_that_returns_gradients_does_not_raise():
    op = affine_with(lambda g, dy: g)
    point = next(draw_telling_points(op, 0))
    assert make_raised_case(op, point) is None
    assert not make_wrong_case(op, point).is_unclaimed


def test_a_case_asks_only_for_the_causes_that_others_left():
    case = next(draw_telling_cases(affine_with(lambda g, dy: g), 0))
    assert case.is_left("any cause")
    assert case.suspecting(["sign"]).is_left("zero", "sign")
    assert not case.suspecting(["sign"]).is_left("zero")


def test_what_is_no_array_of_numbers_is_no_gradient():
    assert convert_gradient(2) == np.array(2.0)
    assert [convert_gradient(given) for given in (None, [1.0], "one", np.array(["one"]))] == [None] * 4


def test_arrays_are_equal_within_an_error_and_rounding():
    a, nearly, nearby = np.array([1.0, 1e6]), np.array([1.0, 1e6 + 1e-3]), np.array([1.0, 1e6 + 1])
    assert are_equal_within(a, nearly, 0.0)
    assert not are_equal_within(a, nearby, 0.0)
    assert are_equal_within(a, nearby, 1.0)
    assert are_equal_within(np.array([np.nan, 1.0]), np.array([np.nan, 1.0]), 0.0)
    assert not are_equal_within(np.array([np.nan, 1.0]), np.array([np.nan, 1.0 + 1e-12]), 0.0)


def test_one_input_of_a_point_is_replaced():
    a, b, c = np.zeros(1), np.ones(2), np.ones(3)
    assert [x.shape for x in replace_input((a, b), 1, c)] == [(1,), (3,)]
