"""Cross product of vectors in space along one axis: z = x × y.  x: (*A, 3, *B), y: (*A, 3, *B) → z: (*A, 3, *B)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(x: Values, y: Values, axis: int) -> tuple[Values, tuple[Values, Values, int]]:
    """The product, and both factors."""
    return np.cross(x, y, axis=axis), (x, y, axis)


def backward(dz: Values, cache: tuple[Values, Values, int]) -> tuple[Values, Values]:
    """dx = y × dz and dy = dz × x."""
    x, y, axis = cache
    return np.cross(y, dz, axis=axis), np.cross(dz, x, axis=axis)


def reference(x: Any, y: Any, axis: int) -> Any:
    """The definition, component by component: z_i = x_j y_k - x_k y_j for i, j, k in cyclic order."""
    xp = namespace(x)
    u, v = xp.moveaxis(x, axis, 0), xp.moveaxis(y, axis, 0)
    products = [u[j, ...] * v[k, ...] - u[k, ...] * v[j, ...] for j, k in ((1, 2), (2, 0), (0, 1))]
    return xp.stack(products, axis=axis)


cross = Op(
    "cross",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A 3 *B"), "y": Array("*A 3 *B")},
    outputs=("z",),
    settings={"axis": rank("A")},
    formula="z = x × y",
    source="array API standard, linalg.cross",
    aliases={"torch": "cross", "JAX": "cross"},
)
