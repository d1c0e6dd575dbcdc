"""A case survives JSON to the last bit, and a broken one is refused by name."""

import json

import numpy as np
import pytest

from gradcheck.records.case import Case, CaseError, decode, encode

ARRAYS = {
    "ordinary": np.array([[0.1, -2.5], [1e-300, 1e300]]),
    "not finite": np.array([np.nan, np.inf, -np.inf]),
    "zeros of both signs": np.array([0.0, -0.0]),
    "subnormal": np.array([5e-324, -5e-324]),
    "float32": np.array([0.1, 3.0e38], np.float32),
    "whole": np.array([[0, 2**62], [-1, 7]]),
    "bool": np.array([True, False]),
    "no axes": np.array(0.3),
    "empty": np.zeros((0, 3)),
    "empty of whole numbers": np.zeros((2, 0), int),
    "fortran": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
}


def bits(a):
    return a.dtype, a.shape, np.ascontiguousarray(a).tobytes()


def case(**changes):
    parts = {
        "op": "op",
        "inputs": {"x": np.array([1.0, 0.5])},
        "upstream": (np.array([2.0]),),
        "settings": {"pad": 1, "mode": "same"},
        "seed": 7,
    }
    return Case(**{**parts, **changes})


def reread(one):
    return Case.from_json(json.loads(json.dumps(one.to_json(), allow_nan=False)))


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_survives_json_to_the_last_bit(name):
    a = ARRAYS[name]
    assert bits(decode(json.loads(json.dumps(encode(a), allow_nan=False)))) == bits(a)


def test_a_case_survives_json_with_the_order_of_its_inputs():
    one = case(inputs={label: ARRAYS[label] for label in reversed(ARRAYS)}, upstream=tuple(ARRAYS.values()))
    again = reread(one)
    assert list(again.inputs) == list(one.inputs)
    assert [bits(a) for a in (*again.point, *again.upstream)] == [bits(a) for a in (*one.point, *one.upstream)]
    assert (again.op, again.settings, again.seed, again.dtype) == (one.op, one.settings, one.seed, one.dtype)
    assert again.digest == one.digest


@pytest.mark.parametrize("value", [np.inf, -np.inf, (1, (np.inf, "same"), ()), -0.0, None, True, "inf", 0.1], ids=repr)
def test_a_setting_survives_strict_json(value):
    again = reread(case(settings={"p": value})).settings["p"]
    assert (repr(again), type(again)) == (repr(value), type(value))


def test_a_setting_that_is_no_number_survives_strict_json():
    assert np.isnan(reread(case(settings={"p": np.nan})).settings["p"])


def test_a_case_without_upstream_survives():
    assert reread(case(upstream=())).upstream == ()


def test_the_digest_tells_cases_apart():
    others = [
        case(seed=8),
        case(op="other"),
        case(inputs={"x": np.array([1.0, -0.5])}),
        case(settings={"pad": 2, "mode": "same"}),
    ]
    assert len({case().digest, *(c.digest for c in others)}) == 5


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "NoneType"),
        ([], "list"),
        ({}, "schema is None"),
        ({"schema": "gradcheck-case/99"}, "gradcheck-case/99"),
    ],
)
def test_foreign_data_is_refused_with_what_it_is(data, words):
    with pytest.raises(CaseError, match=words):
        Case.from_json(data)


@pytest.mark.parametrize("part", ["op", "inputs", "upstream", "settings", "seed", "dtype"])
def test_a_missing_part_is_named(part):
    data = case().to_json()
    del data[part]
    with pytest.raises(CaseError, match=f"the case has no '{part}'"):
        Case.from_json(data)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        ({"shape": [3], "dtype": "float64", "values": ["0x1p+0"]}, r"1 values do not fill the shape \(3,\)"),
        ({"shape": [1], "dtype": "float64", "values": ["one"]}, "hexadecimal"),
        ({"shape": [1], "dtype": "furlong", "values": [1]}, "furlong"),
        ({"shape": [1], "values": [1]}, "dtype"),
        ({"shape": ["a"], "dtype": "float64", "values": [1]}, "cannot be read"),
        (3, "cannot be read"),
    ],
)
def test_a_broken_array_is_refused_with_the_reason(array, words):
    with pytest.raises(CaseError, match=words):
        Case.from_json({**case().to_json(), "inputs": {"x": array}})


@pytest.mark.parametrize(
    "broken",
    [{"seed": "seven"}, {"inputs": [1]}, {"upstream": 3}, {"settings": 3}, {"settings": {"p": {"float": "furlong"}}}],
)
def test_a_part_of_another_kind_is_refused(broken):
    with pytest.raises(CaseError, match="cannot be read"):
        Case.from_json({**case().to_json(), **broken})


def test_random_numbers_repeat_for_a_purpose_and_differ_between_purposes():
    draws = [case().rng(purpose).normal() for purpose in ("rounding", "rounding", "directions")]
    assert draws[0] == draws[1] != draws[2]


def test_a_case_moves_to_another_point_and_keeps_the_rest():
    moved = case().at((np.array([3.0, 4.0]),))
    assert moved.inputs["x"].tolist() == [3.0, 4.0]
    assert moved.upstream is not None
    assert moved.seed == 7
    assert moved.upstream[0].tolist() == [2.0]


def test_fewer_elements_are_smaller_then_plainer_ones():
    small, plain, odd = (
        case(inputs={"x": np.array(values)}, upstream=()) for values in ([5.0], [0.0, 1.0], [0.0, 3.0])
    )
    assert small.size < plain.size < odd.size
