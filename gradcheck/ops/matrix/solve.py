"""Solution of linear equations: a x = b.  a: (*B, D, D), b: (*B, D, M) → x: (*B, D, M)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.matrix.elimination import dominant_of_either_sign, eliminate


def forward(a: Values, b: Values) -> tuple[Values, tuple[Values, Values]]:
    """The solution, with the matrix."""
    x = np.linalg.solve(a, b)
    return x, (a, x.copy())


def backward(dx: Values, cache: tuple[Values, Values]) -> tuple[Values, Values]:
    """db solves aᵀ db = dx, without an inverse, and da = -db xᵀ."""
    a, x = cache
    db = np.linalg.solve(np.swapaxes(a, -1, -2), dx)
    return -db @ np.swapaxes(x, -1, -2), db


def reference(a: Any, b: Any) -> Any:
    """The method of Gauss and Jordan."""
    return eliminate(a, b)


solve = Op(
    "solve",
    forward,
    backward,
    reference,
    inputs={"a": Array("*B D D", dominant_of_either_sign()), "b": Array("*B D M")},
    sizes={"D": whole(1, 6)},  # the reference eliminates row by row, and is traced for each size
    outputs=("x",),
    formula="a x = b",
    source="array API standard, linalg.solve; Giles 2008, Collected matrix derivative results, matrix inverse product",
    aliases={"torch": "solve", "JAX": "solve"},
)
