"""precision: float32 in, float32 out, as near to the truth as float32 allows."""

from dataclasses import replace

import numpy as np

from gradcheck import load
from gradcheck.arrays import convert_floats
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.laws.registry import load_laws
from tests.laws.observing import claims, observe

X = np.array([0.1, -1.7, 3.3])
SQUARE = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, inputs={"x": Array("N")})


def test_only_real_numbers_are_converted():
    point = (X, np.arange(3), np.array([True]))
    assert [a.dtype for a in convert_floats(point, np.float32)] == [np.float32, np.int64, np.bool_]
    assert [a.dtype for a in convert_floats(convert_floats(point, np.float32), np.float64)] == [
        np.float64,
        np.int64,
        np.bool_,
    ]


def test_an_op_that_stays_in_float32_is_right():
    assert observe("precision", SQUARE, X).findings == ()


def test_float64_from_float32_is_told_with_what_to_write():
    (finding,) = observe("precision", replace(SQUARE, backward=lambda dy, x: 2 * x.astype(float) * dy), X).findings
    assert finding.claim == "for float32 inputs the gradient of x has dtype float64, expected float32"
    assert "np.zeros(shape, x.dtype)" in finding.hint


def test_digits_that_are_lost_in_float32_alone_are_found():
    def forward(x):
        return (x * x + (1 if x.dtype == np.float64 else np.float32(1 + 1e-3)) - 1).astype(x.dtype), x

    (claim,) = claims("precision", replace(SQUARE, forward=forward), X)
    assert claim.startswith("in float32, y is ")


def test_what_float32_cannot_hold_is_not_asked():
    assert claims("precision", SQUARE, np.array([1e30, 1.0])) == []


def test_at_a_kink_it_abstains():
    relu = Op("relu", lambda x: (np.maximum(x, 0), x), lambda dy, x: dy * (x > 0), inputs={"x": Array("N")})
    assert observe("precision", relu, np.array([0.0, 1.0])).abstained == (
        "a kink lies here, where rounding decides the side"
    )


def test_an_op_that_declares_float64_alone_is_not_asked():
    reason = load_laws()["precision"].explain_inapplicability(replace(SQUARE, dtypes=("float64",)))
    assert reason == "float32 is not among the declared dtypes"


def test_what_is_finite_is_compared_beside_what_is_not():
    root = Op("root", lambda x: (np.sqrt(x), x), lambda dy, x: dy / (2 * np.sqrt(x)), inputs={"x": Array("N")})
    seen = observe("precision", root, X)
    assert (seen.findings, seen.abstained) == ((), "")
    double = replace(
        root, backward=lambda dy, x: (dy / (2 * np.sqrt(x)) * (1 + 1e-3 * (x.itemsize == 4))).astype(x.dtype)
    )
    assert claims("precision", double, X)


def test_without_a_finite_output_it_abstains():
    log = Op("log", lambda x: (np.log(x).sum(), x), lambda dy, x: dy / x, inputs={"x": Array("N")})
    assert observe("precision", log, X).abstained == "the output is not finite; declare positive()?"


def test_an_output_beyond_float32_leaves_nothing_to_judge():
    assert observe("precision", load("", "exp"), np.array([89.0])).abstained == "the output is beyond float32"
