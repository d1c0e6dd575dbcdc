"""An axis of length one removed.  x: (*A, 1, *B) → y: (*A, *B)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(x: Values, axis: int) -> tuple[Values, int]:
    """x without the axis, and its number."""
    return np.squeeze(x, axis=axis).copy(), axis


def backward(dy: Values, axis: int) -> Values:
    """The upstream with the axis."""
    return np.expand_dims(dy, axis).copy()


def reference(x: Any, axis: int) -> Any:
    """The same elements in the new shape."""
    return namespace(x).reshape(x, (*x.shape[:axis], *x.shape[axis + 1 :]))


squeeze = Op(
    "squeeze",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A 1 *B")},
    settings={"axis": rank("A")},
    formula="y = x without an axis of length one",
    source="array API standard, squeeze",
    aliases={"torch": "squeeze", "JAX": "squeeze", "Chainer": "squeeze", "MyGrad": "squeeze"},
)
