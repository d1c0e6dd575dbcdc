"""A wrong case knows the right gradients, also for other upstreams and at other points."""

import numpy as np
import pytest

from gradcheck import adapt, choice
from gradcheck.causes.telling_cases import draw_telling_cases, draw_telling_points
from gradcheck.causes.wrong_case import make_raised_case, make_wrong_case
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
