"""What must pass, and what must fail: the cases in which other checkers accuse correct gradients or pass wrong ones.

The laws value and kinks are asked as well, since a gradient at a kink, or of another function, is theirs to judge.
"""

from dataclasses import replace

import numpy as np
import pytest

from gradcheck import Array, Case, Op, check, load
from gradcheck.checking.op_check import examine_case, reason_not_applicable
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.pointwise import pointwise
from gradcheck.isolation import silence_warnings
from gradcheck.laws.registry import load_laws

JUDGES = [load_laws()[name] for name in ("value", "gradient", "kinks")]


def findings(op, *inputs, seed=0, **settings):
    """What value, gradient and kinks say against an op at one point."""
    arrays = [np.asarray(x, float) for x in inputs]
    outputs = op.forward(*map(np.copy, arrays), **settings)[0]
    upstream = tuple(np.cos(1 + np.arange(y.size)).reshape(y.shape) for y in (np.asarray(outputs),))
    case = Case(op.name, dict(zip(op.inputs, arrays, strict=True)), upstream, settings, seed)
    with silence_warnings():
        seen = examine_case(op, case, [law for law in JUDGES if not reason_not_applicable(op, law)])
    return [f for observation in seen.values() for f in observation.findings]


def statuses(op, *inputs, **settings):
    """Of the findings."""
    return {f.status for f in findings(op, *inputs, **settings)}


def unary(f, slope, reference):
    """An op on each element."""
    return pointwise("f", value=f, slope=lambda x, y: slope(x), reference=reference)


def max_by(share):
    """The largest of a vector; share(winners) is how much of the upstream each of those that tie takes."""
    return Op(
        "max",
        lambda x: (x.max(), x),
        lambda dy, x: dy * share(x == x.max()),
        lambda x: namespace(x).max(x),
        inputs={"x": Array("N")},
    )


def first(winners):
    return np.arange(winners.size) == winners.argmax()


def last(winners):
    return first(winners[::-1])[::-1]


LAWFUL_AT_TIES = {"first": first, "last": last, "split": lambda w: w / w.sum()}
UNLAWFUL_AT_TIES = {"all": lambda w: w * (w.sum() > 1) + w * (w.sum() == 1), "none": lambda w: w * (w.sum() == 1)}
TIES = [1.0, 3.0, 3.0, 2.0]


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
def test_relu_may_have_any_slope_at_zero_between_those_beside_it(slope):
    relu = unary(
        lambda x: np.maximum(x, 0),
        lambda x: np.where(x == 0, slope, x > 0),
        lambda x: namespace(x).where(x > 0, x, 0 * x),
    )
    assert findings(relu, [0.0, 1.0, -2.0]) == []


@pytest.mark.parametrize("name", LAWFUL_AT_TIES)
def test_of_those_that_tie_any_may_take_the_gradient(name):
    assert findings(max_by(LAWFUL_AT_TIES[name]), TIES) == []


@pytest.mark.parametrize("name", UNLAWFUL_AT_TIES)
def test_those_that_tie_may_not_all_take_it_nor_none(name):
    assert statuses(max_by(UNLAWFUL_AT_TIES[name]), TIES) == {"failed"}


@pytest.mark.parametrize(("name", "convention"), [("all", "all"), ("none", "zero")])
def test_unless_the_op_says_so_by_name(name, convention):
    assert findings(replace(max_by(UNLAWFUL_AT_TIES[name]), convention=convention), TIES) == []


CORRECT = {
    "abs at 0": (unary(np.abs, np.sign, lambda x: namespace(x).abs(x)), [0.0, 1.0]),
    "x² at 1e8": (unary(np.square, lambda x: 2 * x, lambda x: x * x), [1e8, -3e8]),
    "log at 1e-12": (unary(np.log, lambda x: 1 / x, lambda x: namespace(x).log(x)), [1e-12, 1.0]),
    "tanh at 25": (unary(np.tanh, lambda x: 1 / np.cosh(x) ** 2, lambda x: namespace(x).tanh(x)), [25.0, -25.0]),
    "sin 200x": (
        unary(lambda x: np.sin(200 * x), lambda x: 200 * np.cos(200 * x), lambda x: namespace(x).sin(200 * x)),
        [0.3, 1.0],
    ),
    "sum at 1e10": (
        Op(
            "sum",
            lambda x: (x.sum(), x.shape),
            lambda dy, shape: np.full(shape, dy),
            lambda x: namespace(x).sum(x),
            inputs={"x": Array("N")},
        ),
        1e10 + np.arange(10.0),
    ),
    "softmax at ±1e3": (load("", "softmax"), [[1e3, -1e3, 0.0], [999.0, 1000.0, -1000.0]]),
}


@pytest.mark.parametrize("name", CORRECT)
@pytest.mark.parametrize("reference", [True, False], ids=["with its formula", "without"])
def test_a_correct_gradient_passes(name, reference):
    op, x = CORRECT[name]
    assert findings(op if reference else replace(op, reference=None), x) == []


def test_layer_norm_of_a_nearly_constant_row_passes():
    row = 3 + 1e-9 * np.array([[1.0, -2.0, 0.5, 0.25]])
    assert findings(load("", "layer_norm"), row, np.ones(4), np.zeros(4), eps=1e-5) == []


SHAPES = [(32, 10), (8, 64), (64, 1000)]


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["softmax", "log_softmax", "layer_norm"])
def test_an_all_zero_gradient_fails(name, shape):
    op = load("", name)
    zero = replace(op, backward=lambda dy, cache: zeros_of(op.backward(dy, cache)))
    x = np.random.default_rng(0).normal(size=shape)
    inputs, settings = (
        ((x, np.ones(shape[1]), np.zeros(shape[1])), {"eps": 1e-5}) if name == "layer_norm" else ((x,), {})
    )
    assert "failed" in statuses(zero, *inputs, **settings)


def zeros_of(gradients):
    """The gradient of the first input gone."""
    if isinstance(gradients, tuple):
        return (np.zeros_like(gradients[0]), *gradients[1:])
    return np.zeros_like(gradients)


@pytest.mark.slow
def test_one_element_among_a_hundred_thousand_fails():
    def slope(x):
        return np.where(np.arange(x.size) == 31_415, 0.0, np.cos(x))

    op = unary(np.sin, slope, lambda x: namespace(x).sin(x))
    x = np.random.default_rng(0).normal(size=100_000)
    for judged in (op, replace(op, reference=None)):
        assert "failed" in statuses(judged, x)


@pytest.mark.parametrize("reference", [True, False], ids=["with its formula", "without"])
def test_a_gradient_off_by_a_millionth_fails(reference):
    op = unary(np.sin, lambda x: np.cos(x) * (1 + 1e-6), lambda x: namespace(x).sin(x))
    assert "failed" in statuses(op if reference else replace(op, reference=None), [0.5, 1.0])


@pytest.mark.parametrize("reference", [True, False], ids=["with its formula", "without"])
def test_a_zero_gradient_of_something_small_fails(reference):
    op = unary(lambda x: 1e-6 * x * x, lambda x: 0 * x, lambda x: 1e-6 * x * x)
    assert "failed" in statuses(op if reference else replace(op, reference=None), [0.5, 1.0])


def test_a_float32_backward_in_a_float64_op_is_imprecise():
    op = unary(np.sin, lambda x: np.cos(x.astype(np.float32)).astype(float), lambda x: namespace(x).sin(x))
    assert statuses(op, [0.5, 1.0]) == {"imprecise"}


def test_nan_is_no_answer_where_the_truth_is_finite():
    op = unary(lambda x: x * x, lambda x: 2 * x * np.where(x > 0.75, np.nan, 1.0), lambda x: x * x)
    assert "failed" in statuses(op, [0.5, 1.0])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sigmoid", "softmax", "layer_norm", "linear", "conv2d", "lstm_step", "relu", "max"])
def test_an_op_in_float32_passes(name):
    assert check(load("", name), examples=24, laws=("precision",), shrink=False).status == "passed"
