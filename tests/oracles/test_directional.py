"""The first look of the differences: cheap, never the ground of an accusation, and one call for many points."""

import numpy as np
import pytest

from gradcheck import check, load
from gradcheck.arrays import flat
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles.directional import (
    Care,
    CaseForward,
    directional_derivatives_of_case,
    evaluate_stacked,
    quick_derivative_of_case,
)
from gradcheck.oracles.finite_differences.line import MAX_LINE_ELEMENTS
from gradcheck.records.case import Case

X = np.array([[0.5, -1.25, 3.0], [2.0, 0.75, -0.125]])


def evaluator(f, x=X, reference=None, **declared):
    """A evaluator of a function of one array, whose backward nobody asks."""
    op = Op(
        "f",
        lambda x: (f(x), None),
        lambda dy, cache: dy,
        reference,
        inputs={"x": Array("N D" if x.ndim == 2 else "*S")},
        **declared,
    )
    return Evaluator(op, Case("f", {"x": x}, (f(x.copy()),), {}, 0))


@pytest.mark.parametrize("reference", [None, lambda x: namespace(x).sin(x)])
def test_a_glance_knows_its_error(reference):
    slope = quick_derivative_of_case(evaluator(np.sin, reference=reference))
    gap = np.abs(slope.estimate.value - flat([np.cos(X) * slope.direction[0]]))
    assert np.all(gap <= slope.estimate.error)
    assert np.all(slope.estimate.error <= 1e-5)


def test_a_kinked_output_has_no_derivative_at_a_glance():
    x = np.array([0.0, 1.0, -2.0])
    slope = quick_derivative_of_case(evaluator(np.abs, x, reference=lambda x: namespace(x).abs(x)))
    assert slope.kinked.tolist() == [True, False, False]


def test_without_a_reference_a_kink_wants_the_whole_recipe():
    one = evaluator(np.abs, np.array([0.0, 1.0, -2.0]))
    assert quick_derivative_of_case(one) is None
    assert directional_derivatives_of_case(one) is directional_derivatives_of_case(one, care=Care.FULL)


def test_a_staircase_is_not_believed_at_a_glance():
    one = evaluator(lambda x: np.sin(x.astype(np.float32)).astype(float))
    assert quick_derivative_of_case(one) is None


@pytest.mark.slow
def test_digits_lost_in_the_forward_accuse_nobody():
    """The rounding of 1 + tanh(x - 7) is far above the last digit of its value, which a glance takes for granted."""
    op = Op(
        "f",
        lambda x: (1 + np.tanh(x - 7), x),
        lambda dy, x: dy / np.cosh(x - 7) ** 2,
        inputs={"x": Array("*S")},
    )
    assert check(op, examples=40, laws=("gradient",)).status == "passed"


SHIFTS = 2.0 ** -np.arange(1, 5)
"""Four steps along a direction."""


def along(one, *directions, steps=SHIFTS):
    """What stacking gives along a direction; inputs that none is given for stand still."""
    x = one.case.point
    v = (*directions, *(np.zeros(a.shape) for a in x[len(directions) :]))
    return evaluate_stacked(one, x, v, steps)


def test_rows_of_a_batch_are_stacked_in_one_call():
    calls = []
    one = evaluator(lambda x: calls.append(x.shape) or np.sin(x) @ np.ones((3, 2)), batch="N")
    one.outputs(one.case.point)
    calls.clear()
    together = along(one, X)
    assert calls == [(10, 3)]
    assert np.allclose(together, [(np.sin(X + h * X) @ np.ones((3, 2))).ravel() for h in SHIFTS], rtol=1e-15)


def test_a_batch_that_is_not_the_first_axis_is_stacked_as_well():
    calls = []
    op = Op(
        "f",
        lambda x: (calls.append(x.shape) or np.sin(x).T, None),
        lambda dy, cache: dy.T,
        inputs={"x": Array("D N")},
        batch="N",
    )
    one = Evaluator(op, Case("f", {"x": X}, (X.T,), {}, 0))
    together = along(one, X)
    assert calls == [X.shape, (2, 15)]
    assert np.allclose(together, [np.sin(X + h * X).T.ravel() for h in SHIFTS], rtol=1e-15)


@pytest.mark.parametrize(
    "f",
    [lambda x: x - x.mean(axis=0), lambda x: x / x.max(), lambda x: np.cumsum(x, axis=0)[::-1]],
    ids=["mean over the batch", "largest of all", "running sum"],
)
def test_rows_that_speak_to_each_other_are_not_stacked(f):
    assert along(evaluator(f, batch="N"), X) is None


def test_what_is_not_declared_a_batch_is_not_stacked():
    assert along(evaluator(np.sin), X) is None


def test_an_input_without_the_batch_must_stand_still():
    op = load("", "linear")
    x, w, b = np.ones((2, 3)), np.ones((3, 2)), np.zeros(2)
    one = Evaluator(op, Case("linear", {"x": x, "w": w, "b": b}, (np.ones((2, 2)),), {}, 0))
    assert along(one, x) is not None
    assert along(one, x, w) is None


def test_large_cases_are_not_stacked():
    x = np.ones((300, 300))
    assert along(evaluator(np.sin, x, batch="N"), x) is None


@pytest.mark.parametrize("size", [3, MAX_LINE_ELEMENTS], ids=["small", "large"])
def test_a_sweep_gives_nan_where_forward_raises_and_hands_out_no_array_of_the_case(size):
    def picky(x):
        if x[0] > 1:
            raise ValueError
        x += 1
        return x

    x = np.ones(size)
    one = evaluator(picky, x)
    inside, outside = CaseForward(one).evaluate_along_line(one.case.point, (x,), np.array([0.0, 0.5]))
    assert np.array_equal(inside, x + 1)
    assert np.isnan(outside).all()
    assert np.array_equal(x, np.ones(size))


def test_an_input_that_stands_still_is_safe_from_the_forward():
    def greedy(x, b):
        b += 1
        return x * b, None

    op = Op("f", greedy, lambda dy, cache: (dy, dy), inputs={"x": Array("N"), "b": Array("N")})
    x, b = np.ones(3), np.ones(3)
    one = Evaluator(op, Case("f", {"x": x, "b": b}, (x,), {}, 0))
    CaseForward(one).evaluate_along_line((x, b), (x, np.zeros(3)), SHIFTS)
    assert np.array_equal(b, np.ones(3))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sigmoid", "relu", "softmax", "max"])
def test_the_number_of_forward_calls_does_not_grow_with_the_size(name):
    from dataclasses import replace

    from gradcheck.checking.op_check import examine_case
    from gradcheck.laws.registry import load_laws

    original, calls = load("", name), []

    def forward(*inputs, **settings):
        calls.append(1)
        return original.forward(*inputs, **settings)

    op, counts = replace(original, forward=forward), []
    settings = {"axis": 0, "keepdims": False} if name == "max" else {}
    for n in (10, 1000, 100_000):
        x = np.random.default_rng(n).normal(size=(2, n // 2))
        y = original.forward(x, **settings)[0]
        calls.clear()
        examine_case(op, Case(name, {"x": x}, (np.ones(np.shape(y)),), settings, 0), [load_laws()["gradient"]])
        counts.append(len(calls))
    assert max(counts) <= 40, counts


def test_points_are_stacked_though_an_output_is_not_finite():
    stacked = evaluator(np.sqrt, batch="N")
    moved = evaluate_stacked(stacked, (X,), (np.ones(X.shape),), np.array([0.25, -0.25, 0.125, -0.125]))
    assert np.array_equal(moved[0], np.sqrt(X + 0.25).ravel(), equal_nan=True)


def test_elements_may_be_kept_where_they_are():
    still = np.zeros(X.shape, bool)
    still[0] = True
    for care in (Care.QUICK, Care.FULL):
        for derivative in directional_derivatives_of_case(evaluator(np.sin), None, care, (still,)):
            assert (derivative.direction[0] == 0).tolist() == still.tolist()
