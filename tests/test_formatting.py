"""Numbers, indices and plurals as a person reads them."""

import pytest

from gradcheck.formatting import format_index, format_number, pluralise


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.5"), (1 / 3, "0.333333333"), (1e-13, "1e-13"), (float("inf"), "inf"), (123456789.0, "123456789")],
)
def test_a_number_has_as_few_digits_as_tell_it(value, text):
    assert format_number(value) == text


def test_an_index_is_words_and_a_number_has_none():
    assert (format_index((0, 2)), format_index(())) == (" at [0, 2]", "")


def test_one_is_singular():
    assert [pluralise(n, "op") for n in (0, 1, 2)] == ["0 ops", "1 op", "2 ops"]
