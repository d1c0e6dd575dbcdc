"""Pseudoinverse of matrices of full rank: y = a⁺, with a y a = a, y a y = y, and a y and y a symmetric.

a: (*B, D, M) → y: (*B, M, D).  Where the rank changes, y jumps; here it is the full one.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import Domain
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import NameValues
from gradcheck.ops.matrix.elimination import eliminate


def full_rank() -> Domain:
    """Matrices over the last two axes whose diagonal dominates rows and columns, so that their rank is full."""

    def dominate(points: Values, names: NameValues) -> Values:
        most = 1 + 2 * np.abs(points).sum(axis=(-1, -2), keepdims=True)
        return np.asarray(points + most * np.eye(*points.shape[-2:]))

    return Domain("of full rank", dominate, reach=lambda x: np.full(x.shape, 0.5 / max(x.shape[-2:])))


def forward(a: Values) -> tuple[Values, tuple[Values, Values]]:
    """The pseudoinverse, with the matrix: r⁻¹ qᵀ for a = q r, of a matrix with fewer rows than columns by its
    transpose."""
    is_wide = a.shape[-2] < a.shape[-1]
    q, r = np.linalg.qr(np.swapaxes(a, -1, -2) if is_wide else a)
    y = np.linalg.solve(r, np.swapaxes(q, -1, -2))
    y = np.swapaxes(y, -1, -2) if is_wide else y
    return y, (a, y.copy())


def backward(dy: Values, cache: tuple[Values, Values]) -> Values:
    """da = -yᵀ dy yᵀ + (1 - a y) dyᵀ y yᵀ + yᵀ y dyᵀ (1 - y a)."""
    a, y = cache
    y_transposed, dy_transposed = np.swapaxes(y, -1, -2), np.swapaxes(dy, -1, -2)
    beyond_columns = np.eye(a.shape[-2], dtype=a.dtype) - a @ y
    beyond_rows = np.eye(a.shape[-1], dtype=a.dtype) - y @ a
    along = beyond_columns @ dy_transposed @ y @ y_transposed + y_transposed @ y @ dy_transposed @ beyond_rows
    return along - y_transposed @ dy @ y_transposed


def reference(a: Any) -> Any:
    """(aᵀ a)⁻¹ aᵀ of more rows than columns, aᵀ (a aᵀ)⁻¹ of fewer."""
    transposed = namespace(a).moveaxis(a, -1, -2)
    if a.shape[-2] >= a.shape[-1]:
        return eliminate(transposed @ a, transposed)
    return namespace(a).moveaxis(eliminate(a @ transposed, a), -1, -2)


pinv = Op(
    "pinv",
    forward,
    backward,
    reference,
    inputs={"a": Array("*B D M", full_rank())},
    formula="y = a⁺",
    source="Golub and Pereyra 1973, The differentiation of pseudo-inverses and nonlinear least squares problems",
    aliases={"torch": "pinv", "JAX": "pinv"},
)
