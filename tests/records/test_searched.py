"""What was looked at, together and in words."""

import pytest

from gradcheck.records.codec import encode_record
from gradcheck.records.searched import Searched

ONE = Searched((2, 129), (1e-9, 3.0), 7, 8)


def test_it_is_said_in_words():
    assert str(ONE) == "axes 2 to 129, |x| 1e-9 to 3e0, 87 % of lines reached"
    assert str(Searched()) == "no lines to look at"


def test_several_are_joined():
    joined = Searched.join([ONE, Searched(), Searched((1, 5), (0.5, 1e6), 2, 2)])
    assert joined == Searched((1, 129), (1e-9, 1e6), 9, 10)


@pytest.mark.parametrize("searched", [ONE, Searched()])
def test_json_keeps_it(searched):
    assert Searched.read(encode_record(searched)) == searched
