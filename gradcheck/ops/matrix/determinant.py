"""Determinant of square matrices: y = det a.  a: (*B, D, D) → y: (*B).

The gradient is written by the inverse, so a must be invertible: where it is not, the cofactors remain, and 0 / 0.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.matrix.elimination import dominant_of_either_sign


def forward(a: Values) -> tuple[Values, tuple[Values, Values]]:
    """The determinant, and the matrix."""
    y = np.asarray(np.linalg.det(a))
    return y, (a, y.copy())


def backward(dy: Values, cache: tuple[Values, Values]) -> Values:
    """da = dy y a⁻ᵀ: the cofactors, by Jacobi's formula."""
    a, y = cache
    return (dy * y)[..., None, None] * np.linalg.inv(np.swapaxes(a, -1, -2))


def reference(a: Any) -> Any:
    """The function of the standard, which multiplies the pivots of an elimination."""
    return namespace(a).linalg.det(a)


determinant = Op(
    "determinant",
    forward,
    backward,
    reference,
    inputs={"a": Array("*B D D", dominant_of_either_sign())},
    sizes={"D": whole(1, 6)},  # the reference eliminates row by row, and is traced for each size
    formula="y = det a",
    source="Giles 2008, Collected matrix derivative results, determinant",
    aliases={"Chainer": "det batch_det", "torch": "det", "JAX": "det"},
)
