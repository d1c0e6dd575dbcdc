"""Localisation: single elements of a gradient as the differences and the other witnesses see them."""

import numpy as np
import pytest

from gradcheck.checking.finding_shrinking import explain_on_own_case
from gradcheck.checking.op_check import examine_case
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices, positive
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.isolation import silence_warnings
from gradcheck.laws.gradient.localisation import (
    bisect_to_wrong_element,
    collect_evidence_at,
    differentiate_along_element,
    estimate_by_element,
)
from gradcheck.laws.gradient.preparation import prepare_case
from gradcheck.laws.registry import load_laws
from gradcheck.oracles.directional import Care
from gradcheck.oracles.error_factors import REPEATS
from gradcheck.records.case import Case

X = np.array([[0.5, -1.25, 3.0], [2.0, -0.75, 1e-3]])
W = np.array([[1.0, -2.0], [0.25, 4.0], [-3.0, 0.5]])
DY = np.array([[1.0, -2.0], [0.5, 4.0]])


def prepared(forward, inputs, upstream, backward=None, reference=None, declared=None):
    """One case, prepared; inputs: arrays by name; declared: what they may be."""
    none = lambda dy, cache: tuple(np.zeros(a.shape) for a in inputs.values())  # noqa: E731
    op = Op("f", forward, backward or none, reference, inputs=declared or dict.fromkeys(inputs, Array("*S")))
    return prepare_case(Evaluator(op, Case("f", inputs, upstream, {}, 0)), Care.FULL)


def pointwise(f, x, u, **parts):
    """A function of each element."""
    return prepared(lambda x: (f(x), x), {"x": x}, (u,), **parts)


def product(backward=None):
    """x @ w, its gradients right where none are given."""
    right = lambda dy, cache: (dy @ cache[1].T, cache[0].T @ dy)  # noqa: E731
    shapes = {"x": Array("N D"), "w": Array("D M")}
    forward, reference = (lambda x, w: (x @ w, (x, w))), (lambda x, w: x @ w)
    return prepared(forward, {"x": X, "w": W}, (DY,), backward or right, reference, shapes)


FUNCTIONS = {
    "square": (lambda x: x * x, lambda x: 2 * x),
    "sine": (np.sin, np.cos),
    "exponential": (np.exp, np.exp),
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "tanh far out": (lambda x: np.tanh(4 * x), lambda x: 4 / np.cosh(4 * x) ** 2),
    "constant": (np.ones_like, np.zeros_like),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_estimates_contain_the_truth_at_every_element(name):
    f, slope = FUNCTIONS[name]
    case = pointwise(f, X, np.linspace(-1, 2, 6).reshape(2, 3))
    found = estimate_by_element(case, 0)
    (u,) = case.upstream
    assert found.value.shape == found.error.shape == X.shape
    assert np.isfinite(found.error).all()
    assert np.all(np.abs(found.value - u * slope(X)) <= found.error)


def test_the_estimates_are_narrow():
    case = pointwise(np.sin, X, np.ones(X.shape))
    found = estimate_by_element(case, 0)
    assert np.all(found.error <= 1e-7 * np.max(np.abs(found.value)))


WRONG = 3_141
"""Of five thousand."""


def one_wrong_among_many():
    """A sine whose gradient is wrong in one element, without a formula, and the case in which it is."""

    def backward(dy, x):
        return dy * np.where(np.arange(x.size) == WRONG, 0.5, np.cos(x))

    op = Op("f", lambda x: (np.sin(x), x), backward, inputs={"x": Array("N")})
    x, u = np.random.default_rng(0).normal(size=(2, 5_000))
    return op, Case("f", {"x": x}, (u,), {}, 0)


@pytest.mark.slow
def test_one_wrong_element_among_many_is_found_by_halves():
    op, case = one_wrong_among_many()
    found = bisect_to_wrong_element(prepare_case(Evaluator(op, case), Care.FULL), 0)
    assert np.flatnonzero(np.isfinite(found.error)).tolist() == [WRONG]
    assert abs(found.value[WRONG] - case.upstream[0][WRONG] * np.cos(case.point[0][WRONG])) <= found.error[WRONG]


@pytest.mark.slow
def test_a_finding_names_it():
    op, case = one_wrong_among_many()
    with silence_warnings():
        (finding,) = examine_case(op, case, [load_laws()["gradient"]])["gradient"].findings
        told = explain_on_own_case(op, finding)
    assert told.where == f"at [{WRONG}]"
    assert told.cause == ""


def test_each_input_is_told_apart_from_the_others():
    case = product()
    (u,) = case.upstream
    for which, truth in enumerate((u @ W.T, X.T @ u)):
        found = estimate_by_element(case, which)
        assert np.all(np.abs(found.value - truth) <= found.error)


def test_the_estimates_do_not_depend_on_what_backward_claims():
    wrong = product(lambda dy, cache: (7 * dy @ cache[1].T, -cache[0].T @ dy))
    assert estimate_by_element(wrong, 0).value.tolist() == estimate_by_element(product(), 0).value.tolist()


def test_an_element_moves_alone_and_by_a_power_of_two_near_its_size():
    case = product()
    slope = differentiate_along_element(case, 0, (1, 2))
    assert np.argwhere(slope.direction[0]).tolist() == [[1, 2]]
    assert not slope.direction[1].any()
    assert X[1, 2] / 2 < slope.direction[0][1, 2] == 2.0**-10 <= X[1, 2]


def test_an_element_that_is_zero_moves_too():
    x = np.array([0.0, 2.0])
    case = pointwise(np.sin, x, np.ones(2))
    found = estimate_by_element(case, 0)
    assert np.all(np.abs(found.value - case.upstream[0] * np.cos(x)) <= found.error)
    assert found.error.max() < 1e-6


def test_an_input_of_zeros_alone_moves_too():
    found = estimate_by_element(pointwise(np.exp, np.zeros(3), np.ones(3)), 0)
    assert np.all(np.abs(found.value - 1) <= found.error)


def test_an_input_without_axes_has_one_element():
    x = np.array(0.5)
    found = estimate_by_element(pointwise(np.exp, x, np.array(1.0)), 0)
    assert found.value.shape == ()
    assert abs(found.value - np.exp(x)) <= found.error


def test_elements_near_the_bound_of_a_domain_are_known():
    x = np.array([1e-3, 0.25, 4.0])
    case = pointwise(np.log, x, np.ones(3), declared={"x": Array("*S", positive(1e-3))})
    found = estimate_by_element(case, 0)
    assert np.all(np.abs(found.value - case.upstream[0] / x) <= found.error)
    assert np.isfinite(found.error).all()


def test_nothing_is_known_of_an_element_at_a_kink():
    x = np.array([0.0, 1.5])
    scalar = prepared(lambda x: (np.sum(np.abs(x)), x), {"x": x}, (np.array(1.0),))
    found = estimate_by_element(scalar, 0)
    assert np.isinf(found.error[0])
    assert abs(found.value[1] - 1) <= found.error[1] < 1e-6


def test_witnesses_agree_at_every_element_of_a_right_gradient():
    case = product()
    for which, exact in enumerate(case.reference_gradients(REPEATS)):
        for index in np.ndindex(exact.value.shape):
            said = collect_evidence_at(case, which, index, exact)
            assert [e.witness for e in said] == ["autodiff", "differences", "complex step"]
            assert all(e.agrees for e in said)
            assert all(e.claimed == case.gradients[which][index] for e in said)


def test_witnesses_disagree_at_the_wrong_element_and_nowhere_else():
    def backward(dy, cache):
        dx = dy @ cache[1].T
        dx[1, 0] *= 1 + 1e-4
        return dx, cache[0].T @ dy

    case = product(backward)
    exact = case.reference_gradients(REPEATS)[0]
    agreed = {index: {e.agrees for e in collect_evidence_at(case, 0, index, exact)} for index in np.ndindex(X.shape)}
    assert agreed == {index: {index != (1, 0)} for index in np.ndindex(X.shape)}


def test_evidence_tells_what_is_claimed_and_what_is_expected():
    case = pointwise(np.sin, X, np.ones(X.shape), backward=lambda dy, x: 0.5 * dy * np.cos(x))
    u = case.upstream[0][0, 1]
    said = collect_evidence_at(case, 0, (0, 1), None)
    assert [e.witness for e in said] == ["differences", "complex step"]
    for evidence in said:
        assert evidence.claimed == 0.5 * u * np.cos(-1.25)
        assert abs(evidence.expected - u * np.cos(-1.25)) <= evidence.error
        assert not evidence.agrees


def test_a_witness_that_knows_nothing_is_not_heard():
    x = np.array([0.0, 1.5])
    scalar = prepared(
        lambda x: (np.sum(np.abs(x)), x), {"x": x}, (np.array(1.0),), backward=lambda dy, x: dy * np.sign(x)
    )
    assert collect_evidence_at(scalar, 0, (0,), None) == ()
    assert [e.witness for e in collect_evidence_at(scalar, 0, (1,), None)] == ["differences"]


def test_an_input_without_a_gradient_stays_where_it_is():
    rows = np.array([2, 0, 2])
    table = prepared(
        lambda i, x: (x[i], (i, x.shape)),
        {"i": rows, "x": W},
        (np.arange(1.0, 7.0).reshape(3, 2),),
        backward=lambda dy, cache: (None, np.zeros(cache[1])),
        reference=lambda i, x: namespace(x).take(x, i, axis=0),
        declared={"i": Array("N", indices("V")), "x": Array("V D")},
    )
    truth = np.zeros(W.shape)
    np.add.at(truth, rows, table.upstream[0])
    found = estimate_by_element(table, 1)
    assert np.all(np.abs(found.value - truth) <= found.error)
