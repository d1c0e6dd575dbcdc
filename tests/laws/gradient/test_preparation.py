"""Step 1: derivatives, the shared upstream, the claimed gradients."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import probability
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
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


def root_of(backward, reference=None):
    return make_op(np.sqrt, backward, reference)


def test_an_output_that_is_not_finite_has_no_weight():
    case = prepare(root_of(lambda dy, x: dy / (2 * np.sqrt(np.abs(x)))), [4.0, -4.0])
    assert (case.upstream[0] != 0).tolist() == [True, False]
    assert case.left_out == ()


def test_a_gradient_that_is_nan_beside_such_an_output_is_left_out():
    case = prepare(root_of(lambda dy, x: dy / (2 * np.sqrt(x))), [4.0, -4.0])
    assert [a.tolist() for a in case.left_out] == [[False, True]]
    assert case.claimed(0)[1] == 0
    assert all(d.direction[0][1] == 0 and d.direction[0][0] != 0 for d in case.derivatives)


def test_an_input_whose_elements_do_not_move_alone_is_left_out_whole():
    op = replace(root_of(lambda dy, x: dy / (2 * np.sqrt(x - 0.5))), inputs={"x": Array("N", probability())})
    op = replace(op, forward=lambda x: (np.sqrt(x - 0.5), x))
    case = prepare(op, [0.75, 0.25])
    assert [a.tolist() for a in case.left_out] == [[True, True]]
    assert case.derivatives == []


def where_positive(x):
    xp = namespace(x)
    return xp.where(x > 0, x, -xp.inf)


def test_nan_beside_an_infinite_output_is_judged_where_the_reference_is_finite():
    def forward(x):
        return np.where(x > 0, x, -np.inf)

    known = make_op(forward, lambda dy, x: dy * forward(x) / x, where_positive)
    assert prepare(known, [4.0, -4.0]).left_out == ()
    unknown = prepare(replace(known, reference=None), [4.0, -4.0])
    assert [a.tolist() for a in unknown.left_out] == [[False, True]]


def test_nan_beside_finite_outputs_is_judged():
    assert prepare(make_op(np.sin, lambda dy, x: dy * np.nan), X).left_out == ()


def test_the_largest_elements_of_the_other_inputs_are_multiplied_each_at_least_one():
    op = Op(
        "f",
        lambda x, y, z: (x + y + z, None),
        lambda dy, cache: (dy, dy, dy),
        inputs={name: Array("N") for name in "xyz"},
    )
    case = prepare(op, [2.0, -3.0], [0.5, 0.25], [5.0, 1.0])
    assert case.products_of_others == [5.0, 15.0, 3.0]
