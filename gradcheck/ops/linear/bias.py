"""One bias for each channel: y = x + b along one axis.  x: (*A, C, *B), b: (C,) → y: (*A, C, *B)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(x: Values, b: Values, axis: int) -> tuple[Values, int]:
    """The sum, b repeated over all axes but its own."""
    return x + np.expand_dims(b, tuple(range(1, x.ndim - axis))), axis


def backward(dy: Values, axis: int) -> tuple[Values, Values]:
    """dx = dy, and db its sum over all axes but the channels'."""
    return dy.copy(), dy.sum(axis=(*range(axis), *range(axis + 1, dy.ndim)))


def reference(x: Any, b: Any, axis: int) -> Any:
    """b added with the channels moved to the end."""
    xp = namespace(x)
    return xp.moveaxis(xp.moveaxis(x, axis, -1) + b, -1, axis)


bias = Op(
    "bias",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A C *B"), "b": Array("C")},
    settings={"axis": rank("A")},
    formula="y = x + b",
    source="Caffe's bias layer",
    aliases={"Caffe": "Bias", "Chainer": "bias"},
)
