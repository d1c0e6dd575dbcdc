"""Cholesky factor of symmetric positive definite matrices: a = y yᵀ, y lower triangular.

a: (*B, D, D) → y: (*B, D, D).  Of a the symmetric part (a + aᵀ) / 2 is taken, so that its gradient is symmetric.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import allow_any_direction, spd
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(a: Values) -> tuple[Values, Values]:
    """The factor, which is all that backward needs."""
    y = np.linalg.cholesky((a + np.swapaxes(a, -1, -2)) / 2)
    return y, y.copy()


def backward(dy: Values, y: Values) -> Values:
    """da is the symmetric part of y⁻ᵀ Φ(yᵀ dy) y⁻¹, where Φ takes the lower triangle and half of the diagonal."""
    y_transposed = np.swapaxes(y, -1, -2)
    lower = np.tril(y_transposed @ dy)
    twice = lower + np.swapaxes(np.tril(lower, -1), -1, -2)
    left = np.linalg.solve(y_transposed, twice)
    return np.linalg.solve(y_transposed, np.swapaxes(left, -1, -2)) / 2


def reference(a: Any) -> Any:
    """One column after the other, its outer square taken off what is left of a."""
    xp, size = namespace(a), a.shape[-1]
    rest, columns = (a + xp.moveaxis(a, -1, -2)) / 2, []
    for k in range(size):
        column = xp.where(xp.arange(size) < k, 0, rest[..., :, k] / xp.sqrt(rest[..., k, k, None]))
        rest = rest - column[..., :, None] * column[..., None, :]
        columns.append(column)
    return xp.stack(columns, axis=-1)


ANY_DIRECTION = replace(spd(), name="spd, in any direction", tangent=allow_any_direction)
"""Steps need not be symmetric, as forward takes the symmetric part: else a skew gradient would not be seen."""

cholesky = Op(
    "cholesky",
    forward,
    backward,
    reference,
    inputs={"a": Array("*B D D", ANY_DIRECTION)},
    formula="a = y yᵀ, y lower triangular",
    source="Murray 2016, Differentiation of the Cholesky decomposition",
    aliases={"Chainer": "cholesky", "torch": "cholesky", "JAX": "cholesky"},
)
