"""One axis in reverse order: y_i = x_{D-1-i}.  x: (*A, D, *B) → y: the same shape."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(x: Values, axis: int) -> tuple[Values, int]:
    """The elements from the last to the first."""
    return np.flip(x, axis).copy(), axis


def backward(dy: Values, axis: int) -> Values:
    """The upstream from the last to the first."""
    return np.flip(dy, axis).copy()


def reference(x: Any, axis: int) -> Any:
    """The elements by their indices."""
    xp = namespace(x)
    return xp.take(x, x.shape[axis] - 1 - xp.arange(x.shape[axis]), axis=axis)


flip = Op(
    "flip",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A")},
    formula="y_i = x_{D-1-i} along axis",
    source="array API standard, flip",
    aliases={"torch": "flip", "JAX": "flip rev", "Chainer": "flip"},
)
