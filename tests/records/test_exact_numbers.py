"""Exact numbers survive as text, are told from other texts, and cost little however small they are."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.records.exact_numbers import ExactArray, ExactNumber

TEXTS = [
    "0 +/- 0",
    "0 +/- 1e-300",
    "0 +/- 1e150",
    "1 +/- 0",
    "-2.5 +/- 1e-49",
    "1.25e-3 +/- 1e-52",
    "1e40 +/- 0",
    "-9.87654321e-434294 +/- 1e-434343",
    "1.5e5000 +/- 1e0",
]
OTHERS = {
    "nothing": "",
    "no error": "1.5",
    "another error": "1.5 +/- 2e-50",
    "an error without a power": "1.5 +/- 1",
    "a sign too many": "+1.5 +/- 0",
    "minus zero": "-0 +/- 0",
    "a zero at the end": "1.50 +/- 0",
    "a point without digits": "1. +/- 0",
    "two digits before the point": "15 +/- 0",
    "a zero before the point": "0.15 +/- 0",
    "a power of zero": "1.5e0 +/- 0",
    "a power with a sign": "1.5e+3 +/- 0",
    "a power with a zero": "1.5e03 +/- 0",
    "an error with a zero": "1.5 +/- 1e-050",
    "zero with a power": "0e5 +/- 0",
    "another space": "1.5  +/- 0",
    "a line feed": "1.5 +/- 0\n",
    "capitals": "1.5E3 +/- 0",
    "a word": "nan +/- 0",
    "digits of another script": "١.٥ +/- 0",
    "a number": 1.5,
    "none": None,
    "a list": ["1 +/- 0"],
    "more digits than Python reads": f"1.{'3' * 5000} +/- 0",
}
FAR = [-434294, -145701, 145701, 434294]

numbers = st.builds(
    ExactNumber,
    st.integers(-(10**52), 10**52),
    st.integers(-400, 400),
    st.none() | st.integers(-500, 500),
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_and_written_alike(text):
    assert str(ExactNumber.read(text)) == text


@given(numbers)
def test_a_number_is_written_and_read_alike(number):
    again = ExactNumber.read(str(number))
    assert (again.value, again.error) == (number.value, number.error)
    assert str(again) == str(number)


@given(numbers)
def test_the_text_is_the_number_in_decimal(number):
    digits, _, error = str(number).partition(" +/- ")
    assert Fraction(digits) == number.value == number.mantissa * Fraction(10) ** number.exponent
    assert Fraction(error) == number.error


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_another_text_is_refused(text):
    with pytest.raises(ValueError, match=r"is no number with an error|is not written as|Exceeds the limit"):
        ExactNumber.read(text)


def test_a_refusal_shows_no_more_than_the_beginning():
    with pytest.raises(ValueError, match="is no number with an error") as caught:
        ExactNumber.read("x" * 10_000)
    assert len(str(caught.value)) < 200


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_exact_in_all_its_digits(x):
    sign, digits, exponent = Decimal(x).as_tuple()
    number = ExactNumber((-1) ** sign * int("".join(map(str, digits))), exponent)
    assert float(number) == x
    assert number.subtract_from(x) == 0


@given(numbers.filter(lambda number: not number.is_zero_in_float64), st.floats(-1e300, 1e300))
def test_the_difference_to_a_float_is_exact(number, x):
    assert number.subtract_from(x) == Fraction(x) - number.value


@given(numbers)
def test_the_float_is_the_nearest(number):
    got = float(number)
    if math.isfinite(got):
        off = abs(Fraction(got) - number.value)
        neighbours = [n for n in (math.nextafter(got, s) for s in (math.inf, -math.inf)) if math.isfinite(n)]
        assert all(off <= abs(Fraction(n) - number.value) for n in neighbours)
    else:
        assert abs(number.value) >= Fraction(1.7976931348623157e308)


@pytest.mark.parametrize(
    ("text", "is_zero"),
    [
        ("0 +/- 0", True),
        ("0 +/- 1e150", True),
        ("5e-324 +/- 0", False),
        ("2e-324 +/- 0", False),
        ("-9.9e-332 +/- 0", True),
        ("1e-330 +/- 0", False),
        ("1e-434294 +/- 0", True),
        ("1e434294 +/- 0", False),
    ],
)
def test_what_lies_far_below_float64_is_zero_in_it(text, is_zero):
    number = ExactNumber.read(text)
    assert number.is_zero_in_float64 is is_zero
    assert not is_zero or float(number) == 0


class Unused:
    """What stands for a power of ten that nothing may ask for."""

    def __get__(self, instance, owner):
        raise AssertionError("a power of ten of hundreds of thousands of digits")


@pytest.mark.parametrize("exponent", FAR)
def test_a_far_power_of_ten_becomes_a_float_without_being_computed(exponent, monkeypatch):
    monkeypatch.setattr(ExactNumber, "value", Unused())
    number = ExactNumber(-(10**49) - 7, exponent, exponent - 49)
    assert float(number) == (-math.inf if exponent > 0 else 0.0)
    assert ExactNumber.read(str(number)) == number
    assert number.is_zero_in_float64 is (exponent < 0)
    if exponent < 0:
        assert number.subtract_from(0.25) == Fraction(1, 4)


def test_an_array_is_rounded_to_float64_in_its_shape():
    array = ExactArray(
        (2, 2), tuple(map(ExactNumber.read, ("1e-1 +/- 0", "0 +/- 0", "-1e-434294 +/- 0", "3 +/- 1e-48")))
    )
    assert array.rounded.dtype == np.float64
    assert array.rounded.tolist() == [[0.1, 0.0], [0.0, 3.0]]


@pytest.mark.parametrize("shape", [(0,), (2, 0), ()])
def test_an_array_of_any_shape_is_rounded(shape):
    numbers = (ExactNumber(5, -1),) * math.prod(shape)
    assert ExactArray(shape, numbers).rounded.shape == shape
