"""Axes have the names of their declaration, and else their numbers."""

import numpy as np
import pytest

from gradcheck import Array, Op
from gradcheck.causes.names import is_time, join_names, list_lengths, name_axes_in_order, name_declared_axes
from tests.laws.observing import make_case


@pytest.mark.parametrize(
    ("shape", "ndim", "names"),
    [
        ("N D", 2, ["N", "D"]),
        ("N 3", 2, ["N", "axis 1 of x"]),
        ("*S D", 3, ["axis 0 of x", "axis 1 of x", "D"]),
        ("N *S", 3, ["N", "axis 1 of x", "axis 2 of x"]),
        ("N 2*D", 2, ["N", "2*D"]),
    ],
)
def test_an_axis_has_one_name(shape, ndim, names):
    op = Op("f", lambda x: (x, None), lambda dy, _: dy, inputs={"x": Array(shape)})
    assert name_axes_in_order(op, "x", ndim) == names


def test_the_last_axis_of_a_group_has_two_names():
    assert name_declared_axes("x", Array("*S").axes, 2)[1:] == [(1, "axis 1 of x"), (1, "the last axis of x")]


def test_a_length_is_listed_once():
    op = Op("f", lambda x, w: (x @ w, None), lambda dy, _: dy, inputs={"x": Array("N D"), "w": Array("D M")})
    case = make_case(op, np.ones((2, 3)), np.ones((3, 4)))
    assert list(list_lengths(op, case)) == [("N", 2), ("D", 3), ("M", 4)]


def test_names_are_listed_as_a_person_does():
    assert join_names(["N"]) == "N"
    assert join_names(["N", "H", "W"]) == "N, H and W"


def test_an_axis_of_time_is_told_by_its_name():
    assert [name for name in ("T", "time", "steps", "N", "D", "axis 1 of x") if is_time(name)] == ["T", "time", "steps"]
