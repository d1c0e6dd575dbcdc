"""An op of the library and JAX beside its golden vectors: digits that agree, and what is wrong."""

import json
from dataclasses import replace

import numpy as np
import pytest

from gradcheck.checking.vector_agreement import (
    FLOAT64_DIGITS,
    Agreement,
    VectorComparison,
    compare_with_vectors,
    count_digits,
)
from gradcheck.isolation import silence_warnings
from gradcheck.records.codec import encode_record
from gradcheck.records.exact_numbers import ExactArray, ExactNumber
from tests.vector_copies import LIBRARY, edit, forget_copy, use_copy

OFF = 1 + 1e-12


def compare(op):
    """The comparison, without the warnings of code that overflows."""
    with silence_warnings():
        return compare_with_vectors(op)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("exp", ["y", "gradient of x"]),
        ("fork", ["y", "z", "gradient of x"]),
        ("concat", ["y", "gradient of xs"]),
        ("embedding", ["y", "gradient of table"]),
    ],
)
def test_an_op_agrees_on_every_output_and_input(name, parts):
    told = compare(LIBRARY[name])
    assert (told.op, told.problems, told.settled) == (name, (), ())
    assert told.vectors >= 8
    assert [row.part for row in told.agreements] == parts
    assert all(row.library > 15 and row.jax > 15 and not row.not_finite for row in told.agreements)


@pytest.mark.slow
def test_where_the_formula_overflows_jax_has_no_digits_and_is_not_accused():
    told = compare(LIBRARY["softmax"])
    assert told.problems == ()
    assert [row.not_finite for row in told.agreements] == [2, 2]


def test_an_op_without_vectors_has_nothing_to_compare():
    assert compare(replace(LIBRARY["exp"], same_as="")) == VectorComparison("exp", 0, (), (), ())


def test_a_comparison_travels_as_json():
    row = Agreement("y", 15.0, None, 1)
    told = VectorComparison("exp", 11, (row,), ("a problem",), ("a note",))
    assert VectorComparison.read(json.loads(json.dumps(encode_record(told)))) == told


def scale_forward(op):
    """The forward of an op, off by a relative 1e-12."""

    def forward(*inputs, **settings):
        y, cache = op.forward(*inputs, **settings)
        return y * OFF, cache

    return op.implemented_by(forward, op.backward)


def scale_backward(op):
    """The backward of an op, off by a relative 1e-12."""

    def backward(dy, cache):
        gradients = op.backward(dy, cache)
        return tuple(g * OFF for g in gradients) if isinstance(gradients, tuple) else gradients * OFF

    return op.implemented_by(op.forward, backward)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["exp", "softmax", "linear"])
def test_an_op_that_is_off_by_1e_12_is_found(name):
    by_forward, by_backward = compare(scale_forward(LIBRARY[name])), compare(scale_backward(LIBRARY[name]))
    assert any(line.startswith(f"{name}: output y is ") for line in by_forward.problems)
    assert any(line.startswith(f"{name}: gradient of x is ") for line in by_backward.problems)


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A folder with the vectors of exp, in place of those of the library."""
    yield use_copy(tmp_path, monkeypatch, ["exp"])
    forget_copy()


def spoil_results(data):
    """Give the first case another output, and the second another gradient."""
    data["cases"][0]["expected"]["y"]["values"][0] = "2 +/- 0"
    data["cases"][1]["gradients"]["x"]["values"][0] = "3 +/- 0"


@pytest.mark.slow
def test_vectors_that_are_wrong_contradict_the_op_and_jax_and_the_place_is_told(copy):
    edit(spoil_results)(copy / "exp.json")
    told = compare(LIBRARY["exp"])
    assert [(line.split(" is ")[0], line.split("golden ")[1][:15]) for line in told.problems] == [
        ("exp: output y", "vector 1 of exp"),
        ("exp: gradient of x", "vector 2 of exp"),
        ("exp: output y by JAX", "vector 1 of exp"),
        ("exp: gradient of x by JAX", "vector 2 of exp"),
    ]
    assert all(" at [" in line and ", expected " in line for line in told.problems)
    assert "float64" not in "".join(told.problems)
    assert max(row.library for row in told.agreements) < 2
    assert told.settled


def make_exact(*texts):
    """An exact array of one axis."""
    return ExactArray((len(texts),), tuple(map(ExactNumber.read, texts)))


@pytest.mark.parametrize(
    ("got", "exact", "digits"),
    [
        ([1.0, 2.0], ["1 +/- 0", "2 +/- 0"], FLOAT64_DIGITS),
        ([1.001, 10.0], ["1 +/- 0", "1e1 +/- 0"], 4.0),
        ([1.0, -1.0], ["1 +/- 0", "1 +/- 0"], -0.3),
        ([np.nan, 1.0], ["1 +/- 0", "1 +/- 0"], None),
        ([np.inf, 1.0], ["1 +/- 0", "1 +/- 0"], None),
        ([0.0], ["0 +/- 0"], FLOAT64_DIGITS),
        ([1.0], ["0 +/- 0"], 0.0),
        ([0.0], ["1.5e-400 +/- 1e-450"], FLOAT64_DIGITS),
        ([], [], FLOAT64_DIGITS),
    ],
)
def test_digits_are_counted_beside_the_largest_number(got, exact, digits):
    counted = count_digits(np.array(got), make_exact(*exact))
    assert counted == (digits if digits is None else pytest.approx(digits, abs=0.01))
