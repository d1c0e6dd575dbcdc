"""What was looked at, together and in words."""

from math import inf

import pytest

from gradcheck.records.codec import encode_record
from gradcheck.records.searched import CaseClass, Searched

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


@pytest.mark.parametrize(
    ("length", "size", "kind"),
    [
        (0, 0.0, (0, -9)),
        (1, 1e-30, (1, -9)),
        (7, 0.5, (2, -3)),
        (8, 1.0, (8, 0)),
        (257, 2e9, (128, 6)),
        (3, inf, (2, 6)),
    ],
)
def test_a_case_has_a_class_by_its_longest_axis_and_its_largest_value(length, size, kind):
    assert CaseClass.of(length, size) == kind
    assert CaseClass.read(str(CaseClass(*kind))) == kind


def test_cases_are_counted_by_class():
    few, more = CaseClass(2, 0), CaseClass(32, 3)
    joined = Searched.join([Searched(cases={more: 1}), Searched(cases={few: 2}), Searched(cases={more: 3})])
    assert list(joined.cases.items()) == [(few, 2), (more, 4)]
    assert Searched.read(encode_record(joined)) == joined


def test_a_run_that_was_saved_without_classes_can_be_read():
    data = encode_record(ONE)
    del data["cases"]
    assert Searched.read(data) == ONE
