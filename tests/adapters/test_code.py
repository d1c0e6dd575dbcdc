"""Code knows the functions in which value and gradient are written."""

from gradcheck.adapters.code import Code


def forward(x):
    return x


def backward(dy):
    return dy


def test_value_and_gradient_are_written_in_one_place_unless_told_otherwise():
    assert Code("f", {}, forward, backward, backward).places == (backward, backward)
    assert Code("f", {}, forward, backward, backward, computed_at=forward).places == (forward, backward)
