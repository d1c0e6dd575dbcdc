"""One factor for each channel: y = x * gamma along one axis.  x: (*A, C, *B), gamma: (C,) → y: (*A, C, *B)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(x: Values, gamma: Values, axis: int) -> tuple[Values, Any]:
    """The product, gamma repeated over all axes but its own."""
    repeated = np.expand_dims(gamma, tuple(range(1, x.ndim - axis)))
    return x * repeated, (x, repeated, axis)


def backward(dy: Values, cache: Any) -> tuple[Values, Values]:
    """dx = dy gamma, and dgamma the sum of dy x over all axes but the channels'."""
    x, repeated, axis = cache
    return dy * repeated, np.sum(dy * x, axis=(*range(axis), *range(axis + 1, x.ndim)))


def reference(x: Any, gamma: Any, axis: int) -> Any:
    """The product with the channels moved to the end."""
    xp = namespace(x)
    return xp.moveaxis(xp.moveaxis(x, axis, -1) * gamma, -1, axis)


scale = Op(
    "scale",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A C *B"), "gamma": Array("C")},
    settings={"axis": rank("A")},
    formula="y = x γ",
    source="Caffe's scale layer",
    aliases={"Caffe": "Scale", "Chainer": "scale"},
)
