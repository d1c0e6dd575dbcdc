"""The first look of the differences: cheap, never the ground of an accusation, and one call for many points."""

import numpy as np
import pytest

from gradcheck import check, load
from gradcheck.arrays import flat
from gradcheck.bench import Bench
from gradcheck.case import Case
from gradcheck.op import Array, Op, namespace
from gradcheck.oracles.forward import glanced, slopes, stacked

X = np.array([[0.5, -1.25, 3.0], [2.0, 0.75, -0.125]])


def bench(f, x=X, reference=None, **declared):
    """A bench of a function of one array, whose backward nobody asks."""
    op = Op(
        "f",
        lambda x: (f(x), None),
        lambda dy, cache: dy,
        reference,
        inputs={"x": Array("N D" if x.ndim == 2 else "*S")},
        **declared,
    )
    return Bench(op, Case("f", {"x": x}, (f(x),), {}, 0))


@pytest.mark.parametrize("reference", [None, lambda x: namespace(x).sin(x)])
def test_a_glance_knows_its_error(reference):
    slope = glanced(bench(np.sin, reference=reference))
    gap = np.abs(slope.estimate.value - flat([np.cos(X) * slope.direction[0]]))
    assert np.all(gap <= slope.estimate.error)
    assert np.all(slope.estimate.error <= 1e-5)


def test_a_kinked_output_has_no_derivative_at_a_glance():
    x = np.array([0.0, 1.0, -2.0])
    slope = glanced(bench(np.abs, x, reference=lambda x: namespace(x).abs(x)))
    assert slope.kinked.tolist() == [True, False, False]


def test_without_a_reference_a_kink_wants_the_whole_recipe():
    one = bench(np.abs, np.array([0.0, 1.0, -2.0]))
    assert glanced(one) is None
    assert slopes(one) is slopes(one, look=1)


def test_a_staircase_is_not_believed_at_a_glance():
    one = bench(lambda x: np.sin(x.astype(np.float32)).astype(float))
    assert glanced(one) is None


def test_digits_lost_in_the_forward_accuse_nobody():
    """The rounding of 1 + tanh(x - 7) is far above the last digit of its value, which a glance takes for granted."""
    op = Op(
        "f",
        lambda x: (1 + np.tanh(x - 7), x),
        lambda dy, x: dy / np.cosh(x - 7) ** 2,
        inputs={"x": Array("*S")},
    )
    assert check(op, examples=40, laws=("gradient",)).status == "passed"


def points(count=4):
    return [(X + 2.0**-i,) for i in range(1, count + 1)]


def test_rows_of_a_batch_are_stacked_in_one_call():
    calls = []
    one = bench(lambda x: calls.append(x.shape) or np.sin(x) @ np.ones((3, 2)), batch="N")
    one.outputs((X,))
    calls.clear()
    together = stacked(one, points())
    assert calls == [(10, 3)]
    assert all(np.allclose(a, b, rtol=1e-15) for a, b in zip(together, one.sweep(points()), strict=True))


@pytest.mark.parametrize(
    "f",
    [lambda x: x - x.mean(axis=0), lambda x: x / x.max(), lambda x: np.cumsum(x, axis=0)[::-1]],
    ids=["mean over the batch", "largest of all", "running sum"],
)
def test_rows_that_speak_to_each_other_are_not_stacked(f):
    assert stacked(bench(f, batch="N"), points()) is None


def test_what_is_not_declared_a_batch_is_not_stacked():
    assert stacked(bench(np.sin), points()) is None


def test_an_input_without_the_batch_must_stand_still():
    op = load("", "linear")
    x, w, b = np.ones((2, 3)), np.ones((3, 2)), np.zeros(2)
    one = Bench(op, Case("linear", {"x": x, "w": w, "b": b}, (np.ones((2, 2)),), {}, 0))
    home = one.case.point
    assert stacked(one, [(x + h, *home[1:]) for h in range(4)]) is not None
    assert stacked(one, [(x + h, w + h, home[2]) for h in range(4)]) is None


def test_large_cases_are_not_stacked():
    assert stacked(bench(np.sin, np.ones((300, 300)), batch="N"), [(np.ones((300, 300)),)] * 8) is None


@pytest.mark.parametrize("name", ["sigmoid", "relu", "softmax", "max"])
def test_the_number_of_forward_calls_does_not_grow_with_the_size(name):
    from dataclasses import replace  # noqa: PLC0415

    from gradcheck.examination import examine_case  # noqa: PLC0415
    from gradcheck.laws import LAWS  # noqa: PLC0415

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
        examine_case(op, Case(name, {"x": x}, (np.ones(np.shape(y)),), settings, 0), [LAWS["gradient"]])
        counts.append(len(calls))
    assert max(counts) <= 40, counts
