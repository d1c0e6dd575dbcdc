"""A pointwise op is made of its value and its slope."""

import numpy as np

from gradcheck.declaration.pointwise import pointwise
from gradcheck.ops.pointwise.trigonometric import sin


def test_a_pointwise_op_stands_where_its_slope_does():
    assert sin.family == "pointwise"
    assert sin.location[0].endswith("trigonometric.py")


def test_a_pointwise_op_multiplies_the_upstream_by_the_slope():
    square = pointwise("square", value=np.square, slope=lambda x, y: 2 * x, reference=lambda x: x**2)
    y, cache = square.forward(np.array([3.0]))
    assert y.tolist() == [9.0]
    assert square.backward(np.array([10.0]), cache).tolist() == [60.0]
