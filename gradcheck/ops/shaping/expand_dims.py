"""A new axis of length one.  x: (*A, *B) → y: (*A, 1, *B), the new axis being number axis."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(x: Values, axis: int) -> tuple[Values, int]:
    """x with the axis, and its number."""
    return np.expand_dims(x, axis).copy(), axis


def backward(dy: Values, axis: int) -> Values:
    """The upstream without the axis."""
    return np.squeeze(dy, axis=axis).copy()


def reference(x: Any, axis: int) -> Any:
    """The same elements in the new shape."""
    return namespace(x).reshape(x, (*x.shape[:axis], 1, *x.shape[axis:]))


expand_dims = Op(
    "expand_dims",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A *B")},
    settings={"axis": rank("A")},
    formula="y = x with a new axis of length one",
    source="array API standard, expand_dims",
    aliases={"torch": "unsqueeze", "JAX": "expand_dims", "Chainer": "expand_dims", "MyGrad": "expand_dims"},
)
