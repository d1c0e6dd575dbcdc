"""Step 1: derivatives, the shared upstream, the claimed gradients."""

import numpy as np

from gradcheck.laws.gradient.preparation import prepare_case
from gradcheck.oracles.directional import Care
from gradcheck.oracles.error_factors import REPEATS
from tests.laws.gradient.cases import SINE, X, make_op, prepare


def test_a_case_holds_its_upstream_and_the_gradients_claimed_for_it():
    case = prepare(SINE, X)
    assert case.differentiable == [0]
    np.testing.assert_array_equal(case.claimed(0), case.upstream[0] * np.cos(X))


def test_the_upstream_is_zero_where_an_output_has_no_derivative():
    case = prepare(make_op(np.abs, lambda dy, x: dy * np.sign(x)), [0.0, 1.0, -2.0])
    assert case.upstream[0][0] == 0
    assert np.all(case.upstream[0][1:] != 0)


def test_without_any_derivative_there_is_no_case():
    assert prepare(make_op(lambda x: np.where(x > 0, np.nan, np.nan), lambda dy, x: dy), X) is None


def test_a_projection_is_the_upstream_beside_the_gradients():
    case = prepare(SINE, X)
    a = case.project(case.derivatives[0], case.derivatives[0].estimate)
    assert abs(a.claimed - a.expected) <= a.error
    assert a.size >= abs(a.claimed)


def test_what_nobody_knows_counts_nothing_under_a_zero_upstream():
    case = prepare(make_op(np.abs, lambda dy, x: dy * np.sign(x)), [0.0, 1.0, -2.0])
    d = case.derivatives[0]
    assert np.isinf(d.estimate.error[0])
    assert np.isfinite(case.project(d, d.estimate).expected)


def test_the_rounding_of_gradients_is_measured_once():
    calls = []

    def backward(dy, x):
        calls.append(1)
        return dy * np.cos(x)

    case = prepare(make_op(np.sin, backward), X)
    assert np.all(case.rounding_of(0) > 0)
    before = len(calls)
    case.rounding_of_gradients()
    assert len(calls) == before


def test_the_references_gradients_have_error_bars():
    (estimate,) = prepare(SINE, X).reference_gradients(REPEATS)
    truth = prepare(SINE, X).upstream[0] * np.cos(X)
    assert np.all(np.abs(estimate.value - truth) <= estimate.error)


def test_a_quick_case_takes_one_direction():
    assert len(prepare(SINE, X, care=Care.QUICK).derivatives) == 1
    assert len(prepare(SINE, X, care=Care.FULL).derivatives) == 2


def test_preparing_runs_on_the_evaluator_it_is_given():
    case = prepare(SINE, X)
    assert prepare_case(case.evaluator, Care.FULL).derivatives is case.derivatives
