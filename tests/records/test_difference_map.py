"""A difference map shows which elements of an array are wrong, survives JSON, and is made where it shows a pattern."""

import json
import math

import numpy as np
import pytest

from gradcheck.records.codec import encode_record
from gradcheck.records.difference_map import DifferenceMap, make_difference_map

EXPECTED = np.arange(6.0).reshape(2, 3)
NO_ERROR = np.zeros((2, 3))


def test_a_map_reads_back_exactly():
    picture = DifferenceMap(((0.1, math.inf),), ((-0.0, 1 / 3),), ((5e-324, math.inf),), (2,))
    again = DifferenceMap.from_json(json.loads(json.dumps(encode_record(picture))))
    assert (again, repr(again)) == (picture, repr(picture))


def test_a_map_marks_the_elements_that_differ_by_more_than_the_error():
    given = EXPECTED + np.array([[0, 1e-3, 0], [0, 0, np.nan]])
    picture = make_difference_map(given, EXPECTED, NO_ERROR + 1e-6)
    assert picture.wrong == ((False, True, False), (False, False, True))


def test_what_is_equal_though_not_finite_is_not_wrong():
    picture = DifferenceMap(((math.inf, math.nan, math.inf),), ((math.inf, math.nan, -math.inf),), ((0.0,) * 3,), (3,))
    assert picture.wrong == ((False, False, True),)


def test_nothing_is_wrong_where_nothing_is_known():
    assert not any(make_difference_map(EXPECTED + 1, EXPECTED, NO_ERROR + np.inf).wrong[0])


def test_leading_axes_become_rows_and_a_vector_is_one_row():
    block = np.arange(24.0).reshape(2, 3, 4)
    picture = make_difference_map(block + 1, block, block * 0)
    assert (len(picture.given), len(picture.given[0]), picture.shape) == (6, 4, (2, 3, 4))
    assert picture.expected[3] == (12.0, 13.0, 14.0, 15.0)
    assert len(make_difference_map(np.arange(5.0) + 1, np.arange(5.0), np.zeros(5)).given) == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (np.arange(3.0), np.zeros(3)),
        (np.float64(1), np.float64(2)),
        (np.arange(17.0), np.zeros(17)),
        (np.arange(68.0).reshape(17, 4), np.zeros((17, 4))),
        (np.arange(6.0), np.zeros((2, 3))),
        (np.full(6, 0.1 + 0.2), np.full(6, 1.0)),
        (np.full(6, np.nan), np.zeros(6)),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
    ids=["three", "a number", "a long row", "many rows", "other shapes", "all alike", "all nan", "empty"],
)
def test_no_map_is_made_that_would_show_nothing_or_does_not_fit(given, expected):
    assert make_difference_map(given, expected, np.zeros(expected.shape)) is None


@pytest.mark.parametrize(
    ("rows", "shape"),
    [
        (((1.0, 2.0), (3.0,)), (2, 2)),
        (((1.0, 2.0), (3.0, 4.0)), (3, 2)),
        (((1.0, 2.0), (3.0, 4.0)), (-1, -2, 2)),
        (((1.0,) * 17,), (17,)),
        (((1.0, 2.0),) * 17, (17, 2)),
        ((), (0, 3)),
        ((), ()),
    ],
    ids=["ragged", "short", "negative", "wide", "high", "empty", "nothing"],
)
def test_a_map_of_other_rows_is_refused(rows, shape):
    with pytest.raises(ValueError, match="a difference map"):
        DifferenceMap(rows, rows, rows, shape)


@pytest.mark.parametrize(("name", "value"), [("given", [["a"]]), ("error", 3), ("shape", None), ("expected", [[1.0]])])
def test_a_broken_map_is_refused(name, value):
    saved = encode_record(make_difference_map(EXPECTED + 1, EXPECTED, NO_ERROR))
    with pytest.raises((KeyError, TypeError, ValueError)):
        DifferenceMap.from_json({**saved, name: value})
