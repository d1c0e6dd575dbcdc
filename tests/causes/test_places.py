"""Where a gradient is wrong is told in words that fit every case."""

import numpy as np
import pytest

from gradcheck import Array, adapt, indices
from gradcheck.causes.explanation import collect_cases
from gradcheck.causes.places import describe_place
from gradcheck.causes.telling_cases import draw_telling_cases
from tests.causes.ops import affine_with


def changed_at(place):
    """A change of the gradient of w at a place."""

    def change(gradients, dy):
        w = gradients["w"].copy()
        w[place] += 1
        return {**gradients, "w": w}

    return change


def place_of(op, label):
    """The words for where the gradient of an input is wrong."""
    wrong, _ = collect_cases(draw_telling_cases(op, 0), label)
    return describe_place(wrong, label)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (np.s_[-1], "at the last index of D"),
        (np.s_[:, 0], "at the first index of M"),
        (np.s_[1:], "everywhere but at the first index of D"),
        (np.s_[0, 0], ""),
        (np.s_[-1, -1], "in the last corner"),
        (np.s_[:], ""),
    ],
)
def test_a_place_by_index(place, words):
    assert place_of(affine_with(changed_at(place)), "w") == words


def test_a_place_by_value():
    op = adapt(lambda x: (np.abs(x), x), lambda dy, x: dy, name="absolute", x="N D")
    assert place_of(op, "x") == "where x is negative"


def test_a_place_by_an_input_of_indices():
    def backward(dy, cache):
        table, ids = cache
        gradient = np.zeros_like(table)
        gradient[ids] = dy
        return gradient, None

    shapes = {"table": Array("V D"), "ids": Array("M", indices("V"))}
    op = adapt(lambda table, ids: (table[ids], (table, ids)), backward, name="embed", **shapes)
    repeated = ("where an element bears on several outputs", "where ids names an element more than once")
    assert place_of(op, "table") in repeated
