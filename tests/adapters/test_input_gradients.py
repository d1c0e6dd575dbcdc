"""Gradients belong to inputs, and averages to axes."""

import pytest

from gradcheck import Array, indices
from gradcheck.adapters import AdapterError
from gradcheck.adapters.input_gradients import keep_leading_gradients, locate_averaged_axes, remove_gradient
from gradcheck.declaration.inputs import Several

INPUTS = {"x": Array("N D"), "w": Array("D"), "i": Array("N", indices(3))}


@pytest.mark.parametrize(
    ("gradients", "owed"), [(1.0, ["x"]), ((1.0, 2.0), ["x", "w"]), ([1.0], ["x"]), ({"dw": 1.0}, ["w"])]
)
def test_fewer_gradients_than_inputs_are_those_of_the_first(gradients, owed):
    kept = keep_leading_gradients(INPUTS, gradients)
    assert [n for n, a in kept.items() if a.differentiable] == owed


def test_an_average_is_over_an_axis_of_an_input():
    assert locate_averaged_axes("f", INPUTS, {"w": "D", "x": "N"}) == ((2, 0), (1, 0), None)
    assert locate_averaged_axes("f", {"x": Array("N"), "ys": Several(Array("N"))}, {}) == (None, None)
    with pytest.raises(AdapterError, match=r"averaged=\{'w': 'B'\} wants an input \(x, w, i\) and an axis of one"):
        locate_averaged_axes("f", INPUTS, {"w": "B"})


def test_a_gradient_is_removed_and_a_several_keeps_those_of_its_members():
    several = Several(Array("N"))
    assert not remove_gradient(Array("N")).differentiable
    assert remove_gradient(several) is several
