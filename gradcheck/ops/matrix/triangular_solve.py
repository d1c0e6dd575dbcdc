"""Solution of equations with a triangular matrix: t x = b, t the lower or the upper triangle of a.

a: (*B, D, D), b: (*B, D, M) → x: (*B, D, M).  What lies beyond the triangle is not read, and its gradient is zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.matrix.elimination import dominant_of_either_sign


def forward(a: Values, b: Values, upper: bool) -> tuple[Values, tuple[Values, Values, bool]]:
    """The solution, with the triangle."""
    t = np.triu(a) if upper else np.tril(a)
    x = np.linalg.solve(t, b)
    return x, (t, x.copy(), upper)


def backward(dx: Values, cache: tuple[Values, Values, bool]) -> tuple[Values, Values]:
    """db solves tᵀ db = dx, and da is the triangle of -db xᵀ."""
    t, x, upper = cache
    db = np.linalg.solve(np.swapaxes(t, -1, -2), dx)
    da = -db @ np.swapaxes(x, -1, -2)
    return np.triu(da) if upper else np.tril(da), db


def reference(a: Any, b: Any, upper: bool) -> Any:
    """Substitution: each row by those that are solved, from the end at which the triangle has one element."""
    size = a.shape[-1]
    solved: dict[int, Any] = {}
    for i in reversed(range(size)) if upper else range(size):
        rest = b[..., i, :]
        for j, row in solved.items():
            rest = rest - a[..., i, j, None] * row
        solved[i] = rest / a[..., i, i, None]
    return namespace(a).stack([solved[i] for i in range(size)], axis=-2)


triangular_solve = Op(
    "triangular_solve",
    forward,
    backward,
    reference,
    inputs={"a": Array("*B D D", dominant_of_either_sign()), "b": Array("*B D M")},
    sizes={"D": whole(1, 6)},  # the reference eliminates row by row, and is traced for each size
    outputs=("x",),
    settings={"upper": choice(False, True)},
    formula="t x = b, t the lower or upper triangle of a",
    source="torch.linalg.solve_triangular; Giles 2008, Collected matrix derivative results, matrix inverse product",
    aliases={"torch": "solve_triangular", "JAX": "triangular_solve solve_triangular"},
)
