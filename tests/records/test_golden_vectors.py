"""Golden vectors survive JSON, broken files are refused by their part, and what is stored is the truth."""

import copy
import json
import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from gradcheck.records import golden_vectors
from gradcheck.records.case import Case
from gradcheck.records.exact_numbers import DIGITS, ExactArray, ExactNumber
from gradcheck.records.golden_vectors import (
    VECTORS_SCHEMA,
    GoldenVector,
    VectorFile,
    VectorsError,
    find_vector_file,
    find_vector_folder,
    list_vector_names,
    load_vectors,
)
from tests.reference.vector_files import REFERENCE, SCHEMA
from tests.vectors.reference_ops import MORE_DIGITS, by_decimal

NAMES = list_vector_names()


def read_numbers(*texts, shape=None):
    numbers = tuple(map(ExactNumber.read, texts))
    return ExactArray((len(numbers),) if shape is None else shape, numbers)


def make_file(**changes):
    """Vectors of an op with two outputs, inputs of which one has no gradient, and a list of them."""
    inputs = {
        "x": np.array([0.1, -0.0]),
        "i": np.array([[2, 0]]),
        **{f"ws[{n}]": np.array(float(n)) for n in range(11)},
    }
    case = Case("op", inputs, (np.array([1.0]), np.array(0.5)), {"pad": 1, "p": np.inf, "axes": (1, 0)}, seed=1)
    outputs = (read_numbers("1.25e-3 +/- 1e-52"), read_numbers("0 +/- 0", shape=()))
    gradients = (
        read_numbers("-1 +/- 0", "0 +/- 1e-300"),
        None,
        *(read_numbers(f"{n} +/- 0", shape=()) for n in (*range(1, 10), 3, 4)),
    )
    vectors = (GoldenVector("op", 1, ("wide", "underflow"), case, outputs, gradients),)
    about = {"formula": "y = f(x) – all", "inputs": [{"name": "x"}, {"name": "i"}, {"name": "ws"}]}
    parts = {
        "op": "op",
        "about": about,
        "outputs": ("y", "s"),
        "flags": {"wide": "Far.", "underflow": "Small."},
        "vectors": vectors,
    }
    return VectorFile(**{**parts, **changes})


def describe(file):
    """All that a file holds, in data that can be compared."""
    vectors = [(v.op, v.number, v.flags, v.case.to_json(), v.outputs, v.gradients) for v in file.vectors]
    return file.op, file.about, file.outputs, file.flags, vectors, file.infeasible


def test_a_file_survives_json():
    file = make_file()
    again = VectorFile.from_json(file.to_json())
    assert describe(again) == describe(file)
    assert again.to_json() == file.to_json()
    assert list(again.vectors[0].case.inputs) == list(file.vectors[0].case.inputs)


def test_a_file_without_vectors_survives_json_with_the_reason():
    file = make_file(vectors=(), infeasible="it has no reference formula")
    assert describe(VectorFile.from_json(file.to_json())) == describe(file)
    assert "infeasible" not in json.loads(make_file().to_json())


def test_flags_are_explained_in_each_vector():
    (vector,) = VectorFile.from_json(make_file().to_json()).vectors
    assert vector.reasons == "Far. Small."
    assert str(vector) == "golden vector 1 of op (wide, underflow)"


@pytest.mark.parametrize("name", NAMES)
def test_a_stored_file_is_read_and_written_alike(name):
    text = (REFERENCE / f"{name}.json").read_text(encoding="utf-8")
    assert VectorFile.from_json(text).to_json() == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "this is not JSON, or it is truncated"),
        (make_file().to_json()[:500], "this is not JSON, or it is truncated"),
        ("[" * 100_000, "this is not JSON, or it is truncated"),
        ("[]", "these are no golden vectors: the schema is 'list'"),
        ("null", "the schema is 'NoneType'"),
        ("{}", f"the schema is None, expected '{VECTORS_SCHEMA}'"),
        ('{"schema": "gradcheck-vectors/2"}', "the schema is 'gradcheck-vectors/2', expected"),
    ],
    ids=["empty", "half", "deep", "list", "null", "object", "another version"],
)
def test_another_file_is_refused_with_what_it_is(text, words):
    with pytest.raises(VectorsError, match=words):
        VectorFile.from_json(text)


CASE = ("cases", 0)
EXPECTED, GRADIENTS, INPUTS = (*CASE, "expected"), (*CASE, "gradients"), (*CASE, "inputs")
GONE = object()
BROKEN = {
    **{
        f"no {part}": ((part,), GONE, f"there is no '{part}'") for part in ("op", "outputs", "inputs", "flags", "cases")
    },
    **{
        f"a case without {part}": ((*CASE, part), GONE, f"there is no '{part}'")
        for part in ("number", "flags", "settings", "inputs", "upstream", "expected", "gradients")
    },
    "an output that is missing": ((*EXPECTED, "s"), GONE, "there is no 's'"),
    "an upstream that is missing": ((*CASE, "upstream", "y"), GONE, "there is no 'y'"),
    "an array without a dtype": ((*INPUTS, "x", "dtype"), GONE, "there is no 'dtype'|'dtype'"),
    "numbers without a shape": ((*EXPECTED, "y", "shape"), GONE, "there is no 'shape'"),
    "a flag that is not explained": ((*CASE, "flags"), ["odd"], "there is no 'odd'"),
    "a gradient of no input": (
        (*GRADIENTS, "z"),
        {"shape": [], "values": []},
        "a gradient is of 'z', which is no input",
    ),
    "an input of another name": (
        (*INPUTS, "z"),
        {"shape": [], "dtype": "float64", "values": ["0x1p+0"]},
        "not in list|'z'",
    ),
    "another shape": (
        (*GRADIENTS, "x", "shape"),
        [1, 2],
        r"2 numbers of shape \[1, 2\] stand for an array of shape \[2\]",
    ),
    "too few numbers": ((*GRADIENTS, "x", "values"), ["1 +/- 0"], r"1 numbers of shape \[2\] stand for"),
    "too many numbers": ((*EXPECTED, "y", "values"), ["1 +/- 0"] * 2, r"2 numbers of shape \[1\] stand for"),
    "a number without an error": ((*EXPECTED, "y", "values", 0), "1.25e-3", "'1.25e-3' is no number with an error"),
    "a bare number": ((*EXPECTED, "y", "values", 0), 0.00125, "0.00125 is no number with an error"),
    "a word for an input": ((*INPUTS, "x", "values", 0), "one", "hexadecimal"),
    "an input cut off": ((*INPUTS, "x", "values"), ["0x1p+0"], r"1 values do not fill the shape \(2,\)"),
    "a word for a number": ((*CASE, "number"), "first", "first"),
    "cases that are none": (("cases",), 3, "the vectors cannot be read"),
    "a case that is none": (CASE, 3, "the vectors cannot be read"),
    "flags that are none": (("flags",), ["wide"], "the vectors cannot be read"),
    "settings that are none": ((*CASE, "settings"), [1], "the vectors cannot be read"),
    "inputs that are none": (("inputs",), [3], "the vectors cannot be read"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_with_its_part(name):
    path, value, words = BROKEN[name]
    data = part = json.loads(make_file().to_json())
    for key in path[:-1]:
        part = part[key]
    if value is GONE:
        del part[path[-1]]
    else:
        part[path[-1]] = copy.deepcopy(value)
    with pytest.raises(VectorsError, match=words):
        VectorFile.from_json(json.dumps(data))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder of vectors in place of the library's."""
    monkeypatch.setattr(golden_vectors, "PACKAGE", tmp_path)
    (tmp_path / "reference").mkdir()
    load_vectors.cache_clear()
    yield tmp_path / "reference"
    load_vectors.cache_clear()


def test_vectors_are_found_by_the_name_of_the_op(folder):
    assert load_vectors("op") is None
    load_vectors.cache_clear()
    (folder / "op.json").write_text(make_file().to_json(), encoding="utf-8")
    assert describe(load_vectors("op")) == describe(make_file())
    assert load_vectors("op") is load_vectors("op")


@pytest.mark.parametrize("content", [b"{}", b"\xff\xfe", make_file().to_json().encode()[:300]])
def test_a_broken_file_of_the_library_is_named(folder, content):
    (folder / "op.json").write_bytes(content)
    with pytest.raises(VectorsError) as caught:
        load_vectors("op")
    assert str(caught.value).startswith(f"{folder / 'op.json'}: ")


def test_a_file_that_cannot_be_read_is_named(folder):
    (folder / "op.json").mkdir()
    with pytest.raises(VectorsError) as caught:
        load_vectors("op")
    assert str(caught.value).startswith(f"{folder / 'op.json'}: ")


def test_the_schema_and_other_files_are_no_vectors(folder):
    for name in (SCHEMA.name, "b_op.json", "a_op.json", "README.md", "notes.txt"):
        (folder / name).write_text("{}")
    assert list_vector_names() == ["a_op", "b_op"]


def test_the_folder_is_that_of_the_package_where_it_has_one(folder):
    assert find_vector_folder() == folder
    folder.rmdir()
    assert find_vector_folder() == folder.parents[1] / "reference"


def test_the_file_of_an_op_has_its_name():
    assert find_vector_file("exp") == find_vector_folder() / "exp.json"


def test_every_stored_file_but_the_schema_holds_vectors():
    assert {f"{name}.json" for name in NAMES} == {path.name for path in REFERENCE.glob("*.json")} - {SCHEMA.name}


fractions = np.vectorize(Fraction, otypes=[object])
"""An array of numbers as one of fractions."""


def repeat_sum(gradient, shape):
    """The sum of a gradient over the axes along which an input of this shape is repeated."""
    gradient = gradient.sum(tuple(range(gradient.ndim - len(shape))))
    for axis, length in enumerate(shape):
        gradient = gradient.sum(axis, keepdims=True) if length == 1 else gradient
    return gradient


def transpose(a):
    """Matrices with their last two axes exchanged."""
    return np.swapaxes(a, -1, -2)


def apply(function):
    """A function of Python's decimal as one of an array, elements as fractions."""
    return np.vectorize(lambda x: by_decimal(function, x), otypes=[object])


def sigmoid(x):
    return 1 / (1 + (-x).exp())


def soften(x):
    """The softmax along the last axis, by Python's decimal."""
    powers = apply(Decimal.exp)(x)
    return powers / powers.sum(-1, keepdims=True)


def differentiate_softmax(u, x):
    y = soften(x)
    return [y * (fractions(u) - (fractions(u) * y).sum(-1, keepdims=True))]


TRUTHS = {
    "reciprocal": (lambda x: 1 / fractions(x), lambda u, x: [-fractions(u) / fractions(x) ** 2]),
    "square": (lambda x: fractions(x) ** 2, lambda u, x: [2 * fractions(u) * fractions(x)]),
    "relu": (lambda x: fractions(np.maximum(x, 0)), lambda u, x: [fractions(u) * (x > 0)]),
    "multiply": (
        lambda x, y: fractions(x) * fractions(y),
        lambda u, x, y: [repeat_sum(fractions(u) * fractions(b), a.shape) for a, b in ((x, y), (y, x))],
    ),
    "divide": (
        lambda x, y: fractions(x) / fractions(y),
        lambda u, x, y: [
            repeat_sum(fractions(u) / fractions(y) + 0 * fractions(x), x.shape),
            repeat_sum(-fractions(u) * fractions(x) / fractions(y) ** 2, y.shape),
        ],
    ),
    "matmul": (
        lambda x, y: fractions(x) @ fractions(y),
        lambda u, x, y: [
            repeat_sum(fractions(u) @ transpose(fractions(y)), x.shape),
            repeat_sum(transpose(fractions(x)) @ fractions(u), y.shape),
        ],
    ),
    "sqrt": (apply(Decimal.sqrt), lambda u, x: [fractions(u) * apply(lambda a: 1 / (2 * a.sqrt()))(x)]),
    "log": (apply(Decimal.ln), lambda u, x: [fractions(u) / fractions(x)]),
    "exp": (apply(Decimal.exp), lambda u, x: [fractions(u) * apply(Decimal.exp)(x)]),
    "sigmoid": (apply(sigmoid), lambda u, x: [fractions(u) * apply(lambda a: sigmoid(a) * sigmoid(-a))(x)]),
    "softmax": (soften, differentiate_softmax),
}
"""Ops of the library, and their outputs and gradients by fractions and Python's decimal."""


def list_far_numbers(exact, truth):
    """The numbers of an array that are off the truth by more than they say, or say little."""
    assert exact.shape == np.shape(truth)
    for number, one in zip(exact.numbers, np.ravel(truth), strict=True):
        slack = abs(one) * Fraction(10) ** (5 - MORE_DIGITS)
        if number.is_zero_in_float64:
            off = abs(one) >= Fraction(2) ** -1074
        else:
            off = abs(number.value - one) > number.error + slack
            off = off or number.error > abs(number.value) * Fraction(10) ** (1 - DIGITS)
        if off:
            yield str(number), float(one)


def is_computable(vector):
    """Whether Python's decimal computes a vector at once: exponents far out of float64 are left to others."""
    return all(
        abs(number.exponent) < 10_000 for array in (*vector.outputs, *vector.gradients) for number in array.numbers
    )


@pytest.mark.parametrize("name", TRUTHS)
def test_stored_numbers_are_the_truth_within_their_errors(name):
    forward, backward = TRUTHS[name]
    vectors = list(filter(is_computable, load_vectors(name).vectors))
    assert len(vectors) >= 8
    for vector in vectors:
        (u,) = vector.case.upstream
        assert list(list_far_numbers(vector.outputs[0], forward(*vector.case.point))) == []
        for exact, truth in zip(vector.gradients, backward(u, *vector.case.point), strict=True):
            assert list(list_far_numbers(exact, truth)) == []


def test_a_spoiled_last_digit_is_no_truth():
    (vector, *_) = load_vectors("reciprocal").vectors
    (first, *rest) = vector.outputs[0].numbers
    spoiled = ExactArray(
        vector.outputs[0].shape, (ExactNumber(first.mantissa + 2, *(first.exponent, first.error_exponent)), *rest)
    )
    assert len(list(list_far_numbers(spoiled, 1 / fractions(vector.case.point[0])))) == 1


def test_no_stored_number_claims_more_than_its_digits():
    for name in NAMES:
        for vector in load_vectors(name).vectors:
            for array in (*vector.outputs, *filter(None, vector.gradients)):
                assert len(array.numbers) == math.prod(array.shape)
                for number in array.numbers:
                    assert len(str(abs(number.mantissa))) <= DIGITS
                    assert (
                        not number.mantissa or number.error_exponent is None or number.error_exponent <= number.exponent
                    )
