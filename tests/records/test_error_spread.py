"""Errors and bars are counted by powers of ten, whatever they are."""

import math

import pytest

from gradcheck.records.codec import encode_record
from gradcheck.records.error_spread import LEAST_DECADE, MOST_DECADE, ErrorSpread, find_decade


@pytest.mark.parametrize(
    ("number", "decade"),
    [
        (0.0, LEAST_DECADE),
        (1e-300, LEAST_DECADE),
        (3e-16, -16),
        (1.0, 0),
        (1e300, MOST_DECADE),
        (math.inf, MOST_DECADE),
    ],
)
def test_every_number_has_a_decade(number, decade):
    assert find_decade(number) == decade


def test_a_number_that_is_none_is_counted_with_the_largest():
    assert find_decade(math.nan) == MOST_DECADE


def test_the_same_errors_in_another_order_are_spread_alike():
    pairs = [(1e-16, 1e-14), (0.0, 1e-14), (2e-16, None)]
    one, other = ErrorSpread(), ErrorSpread()
    for pair, last in zip(pairs, reversed(pairs), strict=True):
        one, other = one.add(*pair), other.add(*last)
    assert one == other == ErrorSpread({-18: 1, -16: 2}, {-14: 2})
    assert list(one.errors) == list(other.errors)


def test_json_keeps_it():
    spread = ErrorSpread({-18: 4}, {-14: 4})
    data = encode_record(spread)
    assert data == {"errors": {"-18": 4}, "bars": {"-14": 4}}
    assert ErrorSpread.read(data) == spread
