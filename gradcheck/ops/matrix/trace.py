"""Sum of a diagonal: y = Σ_i a_{i, i + offset}.  a: (*B, D, M) → y: (*B).  Of an empty diagonal: 0."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(a: Values, offset: int) -> tuple[Values, Values]:
    """The sum, and where the diagonal lies."""
    diagonal = np.eye(a.shape[-2], a.shape[-1], offset, bool)
    return np.trace(a, offset, axis1=-2, axis2=-1), diagonal


def backward(dy: Values, diagonal: Values) -> Values:
    """The upstream on the diagonal, zero elsewhere."""
    return np.asarray(dy)[..., None, None] * diagonal


def reference(a: Any, offset: int) -> Any:
    """The elements whose column is their row plus offset, added up."""
    xp = namespace(a)
    on_diagonal = xp.arange(a.shape[-2])[:, None] + offset == xp.arange(a.shape[-1])
    return xp.sum(xp.where(on_diagonal, a, 0 * a), axis=(-2, -1))


trace = Op(
    "trace",
    forward,
    backward,
    reference,
    inputs={"a": Array("*B D M")},
    settings={"offset": choice(0, 1, -1)},
    formula="y = Σ_i a_{i, i + offset}",
    source="array API standard, linalg.trace",
    aliases={"torch": "trace", "JAX": "trace"},
)
