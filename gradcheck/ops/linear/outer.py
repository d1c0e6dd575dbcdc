"""Outer product: z_dm = x_d y_m.  x: (D,), y: (M,) → z: (D, M)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values, y: Values) -> tuple[Values, tuple[Values, Values]]:
    """The products of each with each, and both vectors."""
    return np.outer(x, y), (x, y)


def backward(dz: Values, cache: tuple[Values, Values]) -> tuple[Values, Values]:
    """dx = dz y and dy = dzᵀ x."""
    x, y = cache
    return dz @ y, dz.T @ x


def reference(x: Any, y: Any) -> Any:
    """The definition."""
    return x[:, None] * y


outer = Op(
    "outer",
    forward,
    backward,
    reference,
    inputs={"x": Array("D"), "y": Array("M")},
    outputs=("z",),
    formula="z = x yᵀ",
    source="array API standard, linalg.outer",
    aliases={"torch": "outer", "JAX": "outer"},
)
