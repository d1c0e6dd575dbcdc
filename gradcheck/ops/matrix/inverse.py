"""Inverse of square matrices: y = a⁻¹.  a: (*B, D, D) → y: (*B, D, D)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.matrix.elimination import dominant_of_either_sign, eliminate


def forward(a: Values) -> tuple[Values, Values]:
    """The inverse, which is all that backward needs."""
    y = np.linalg.inv(a)
    return y, y.copy()


def backward(dy: Values, y: Values) -> Values:
    """da = -yᵀ dy yᵀ."""
    y_transposed = np.swapaxes(y, -1, -2)
    return -y_transposed @ dy @ y_transposed


def reference(a: Any) -> Any:
    """The solution of a y = 1 by elimination."""
    xp = namespace(a)
    identity = xp.broadcast_to(xp.eye(a.shape[-1], dtype=a.dtype), a.shape)
    return eliminate(a, identity)


inverse = Op(
    "inverse",
    forward,
    backward,
    reference,
    inputs={"a": Array("*B D D", dominant_of_either_sign())},
    sizes={"D": whole(1, 6)},  # the reference eliminates row by row, and is traced for each size
    formula="y = a⁻¹",
    source="Giles 2008, Collected matrix derivative results, inverse",
    aliases={"Chainer": "inv batch_inv", "torch": "inv inverse", "JAX": "inv"},
)
