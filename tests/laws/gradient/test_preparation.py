"""Step 1: derivatives, the upstream that all witnesses share, and the claimed gradients."""

import numpy as np
import pytest

from gradcheck.declaration.domain import indices
from gradcheck.declaration.op import Array, Op
from gradcheck.oracles.directional import Care
from gradcheck.records.evidence import Estimate
from tests.laws.gradient.preparing import prepare

X, W = np.array([1.0, -2.0, 3.0]), np.array([0.5, 4.0, -1.0])
PRODUCT = Op(
    "product",
    lambda x, w: (x * w, (x, w)),
    lambda dy, cache: (dy * cache[1], dy * cache[0]),
    inputs={"x": Array("N"), "w": Array("N")},
)


@pytest.mark.parametrize("care", [Care.QUICK, Care.FULL])
def test_gradients_are_claimed_for_the_shared_upstream(care):
    case = prepare(PRODUCT, X, W, care=care)
    assert case.care is care
    assert case.differentiable == [0, 1]
    assert case.claimed(0).tolist() == (case.upstream[0] * W).tolist()
    assert len(case.derivatives) >= 1


def test_an_output_without_a_derivative_gets_no_weight():
    op = Op("abs", lambda x: (np.abs(x), x), lambda dy, x: dy * np.sign(x), inputs={"x": Array("N")})
    case = prepare(op, np.array([0.0, 1.0, -2.0]))
    assert (case.upstream[0] != 0).tolist() == [False, True, True]


@pytest.mark.parametrize("forward", [np.abs, lambda x: x * np.inf], ids=["kinks alone", "not finite"])
def test_where_no_output_has_a_derivative_there_is_no_case(forward):
    op = Op("f", lambda x: (forward(x), x), lambda dy, x: dy, inputs={"x": Array("N")})
    assert prepare(op, np.zeros(2)) is None


def test_an_input_of_whole_numbers_has_no_gradient():
    op = Op(
        "take",
        lambda i, x: (x[i], (i, x.shape)),
        lambda dy, cache: (None, np.bincount(cache[0], dy, cache[1][0])),
        inputs={"i": Array("M", indices("N")), "x": Array("N")},
    )
    case = prepare(op, np.array([0, 2]), X)
    assert case.gradients[0] is None
    assert case.differentiable == [1]


def test_a_right_gradient_projects_to_what_the_differences_expect():
    case = prepare(PRODUCT, X, W)
    for derivative in case.derivatives:
        projection = case.project(derivative, derivative.estimate)
        assert abs(projection.claimed - projection.expected) <= projection.error
        assert projection.size >= abs(projection.claimed)
    assert case.error_bars == [case.project(d, d.estimate).error for d in case.derivatives]


def test_zero_times_what_nobody_knows_is_zero():
    op = Op("abs", lambda x: (np.abs(x), x), lambda dy, x: dy * np.sign(x), inputs={"x": Array("N")})
    case = prepare(op, np.array([0.0, 1.0]))
    derivative = case.derivatives[0]
    unknown = Estimate(np.array([np.nan, derivative.estimate.value[1]]), np.array([np.inf, 0.0]))
    assert np.isfinite(case.project(derivative, unknown).expected)


def test_the_rounding_of_a_gradient_is_measured_once():
    calls = []

    def backward(dy, x):
        calls.append(1)
        return dy * x / 3

    case = prepare(Op("f", lambda x: (x * x / 6, x), backward, inputs={"x": Array("N")}), X)
    assert (case.rounding_of(0) > 0).all()
    before = len(calls)
    case.rounding_of_gradients()
    assert len(calls) == before
