"""Numbers, indices and plurals as a person reads them."""

import pytest

from gradcheck.formatting import format_apart, format_index, format_number, pluralise, round_to_bar


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.5"), (1 / 3, "0.333333333"), (1e-13, "1e-13"), (float("inf"), "inf"), (123456789.0, "123456789")],
)
def test_a_number_has_as_few_digits_as_tell_it(value, text):
    assert format_number(value) == text


@pytest.mark.parametrize(
    ("value", "error", "rounded"),
    [
        (1.23456, 1e-3, 1.2346),
        (-1e-16, 1e-15, 0.0),
        (1e-16, 0.0, 1e-16),
        (2.5, float("inf"), 2.5),
        (1234.5, 30.0, 1234.0),
    ],
)
def test_a_value_keeps_the_digits_that_its_error_bar_leaves(value, error, rounded):
    assert round_to_bar(value, error) == rounded


@pytest.mark.parametrize(
    ("got", "expected", "error", "texts"),
    [
        (1 + 1e-12, 1.0, 1e-15, ("1.000000000001", "1")),
        (0.1 + 0.2, 0.3, 0.0, ("0.30000000000000004", "0.29999999999999999")),
        (-0.0, 3.0, 0.0, ("0", "3")),
        (float("nan"), float("nan"), 0.0, ("nan", "nan")),
    ],
)
def test_two_numbers_that_differ_are_told_apart(got, expected, error, texts):
    assert format_apart(got, expected, error) == texts


def test_an_index_is_words_and_a_number_has_none():
    assert (format_index((0, 2)), format_index(())) == (" at [0, 2]", "")


def test_one_is_singular():
    assert [pluralise(n, "op") for n in (0, 1, 2, 29400)] == ["0 ops", "1 op", "2 ops", "29,400 ops"]
