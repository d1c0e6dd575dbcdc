"""The lower triangle of each matrix: y_ij = x_ij where j - i ≤ k, else zero.  x: (*S, H, W) → y: the same shape.

k counts diagonals from the main one, to the right and upwards.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole


def forward(x: Values, k: int) -> tuple[Values, int]:
    """What lies on and below diagonal k."""
    return np.tril(x, k), k


def backward(dy: Values, k: int) -> Values:
    """The same triangle of the upstream: what is zeroed has no gradient."""
    return np.tril(dy, k)


def reference(x: Any, k: int) -> Any:
    """The product with a matrix of ones and zeros."""
    xp = namespace(x)
    rows, columns = xp.arange(x.shape[-2]), xp.arange(x.shape[-1])
    return x * xp.astype(columns - rows[:, None] <= k, x.dtype)


tril = Op(
    "tril",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S H W")},
    settings={"k": whole("0-2", 2)},
    formula="y_ij = x_ij where j - i ≤ k, else 0",
    source="array API standard, tril",
    aliases={"torch": "tril", "JAX": "tril"},
)
