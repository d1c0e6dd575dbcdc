"""The precision in which an op computes is found, named and judged by; float64 is never taken for less."""

import ml_dtypes
import numpy as np
import pytest

from gradcheck import Array, Op, check
from gradcheck.checking.working_precision import (
    count_mantissa_bits,
    describe_working_precision,
    find_working_precision,
    with_working_precision,
)
from tests.lanes import sample_library

NARROW = {"float32": np.float32, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16}


def make_tanh(dtype, factor=1.0):
    """A layer that casts to a dtype inside."""

    def forward(x, w):
        a, b = x.astype(dtype), w.astype(dtype)
        y = np.tanh((a @ b).astype(dtype))
        return y.astype(np.float64), (a, b, y)

    def backward(dy, cache):
        a, b, y = cache
        d = dy.astype(dtype) * (dtype(1) - y * y)
        return factor * (d @ b.T).astype(np.float64), (a.T @ d).astype(np.float64)

    inputs = {"x": Array("N D"), "w": Array("D M")}
    return Op("layer", forward, backward, inputs=inputs, dtypes=("float64",))


@pytest.mark.parametrize("name", NARROW)
def test_a_cast_inside_is_found_and_named(name):
    op = with_working_precision(make_tanh(NARROW[name]))
    assert op.origin.working_precision.outputs
    assert f"about the precision of {name}" in describe_working_precision(op)


@pytest.mark.parametrize(("dtype", "spacing"), [(np.float32, 2.0**-23), (np.float64, 0.0)])
def test_the_precision_of_a_large_op_is_found_as_well(dtype, spacing):
    inputs = {"x": Array("300 500")}
    op = Op(
        "f", lambda x: (np.tanh(x.astype(dtype)).astype(float), x), lambda dy, x: dy / np.cosh(x) ** 2, inputs=inputs
    )
    assert find_working_precision(op).outputs == spacing


@pytest.mark.parametrize("op", sample_library(), ids=lambda op: op.name)
def test_no_op_of_the_library_is_taken_for_less_than_float64(op):
    assert not find_working_precision(op).is_low


@pytest.mark.slow
@pytest.mark.parametrize("name", NARROW)
def test_a_right_op_is_imprecise_and_a_wrong_one_fails(name):
    right = check(make_tanh(NARROW[name]), examples=24)
    assert right.status == "imprecise"
    assert [(f.law, f.status) for f in right.findings if f.status != "warning"] == [("gradient", "imprecise")]
    wrong = check(make_tanh(NARROW[name], factor=2.0), examples=24, shrink=False)
    assert ("gradient", "x", "failed") in {(f.law, f.input, f.status) for f in wrong.findings}


def test_a_backward_alone_may_be_of_low_precision():
    op = Op(
        "sin", lambda x: (np.sin(x), x), lambda dy, x: (dy * np.cos(x)).astype(np.float16), inputs={"x": Array("N")}
    )
    found = find_working_precision(op)
    assert (found.outputs, found.gradients) == (0.0, 2.0**-10)
    assert describe_working_precision(with_working_precision(op)).startswith("backward computes in about")


@pytest.mark.parametrize(
    "forward",
    [np.round, np.sign, lambda x: np.floor(4 * x) / 4, lambda x: np.maximum(x, 0), lambda x: np.sin(100 * x)],
    ids=["round", "sign", "quantise", "relu", "steep"],
)
def test_steps_kinks_and_steep_slopes_are_no_low_precision(forward):
    op = Op("f", lambda x: (forward(x), x), lambda dy, x: dy, inputs={"x": Array("N D")})
    assert not find_working_precision(op).is_low


def test_a_random_gradient_has_no_precision():
    rng = np.random.default_rng(0)
    op = Op("f", lambda x: (2 * x, x), lambda dy, x: 2 * dy * (1 + 1e-3 * rng.normal()), inputs={"x": Array("N")})
    assert not find_working_precision(op).is_low


def test_mantissas_are_counted():
    assert count_mantissa_bits(np.array([0.0])) == 0
    assert count_mantissa_bits(np.array([1.0, 1.5, -3.0])) == 2
    assert count_mantissa_bits(np.array([0.1])) == 52
    assert count_mantissa_bits(np.array([0.1]).astype(np.float16).astype(float)) <= 11
