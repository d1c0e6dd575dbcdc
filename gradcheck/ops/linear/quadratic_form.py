"""Quadratic form of each row: y_n = x_nᵀ a x_n.  x: (N, D), a: (D, D) → y: (N,)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values, a: Values) -> tuple[Values, tuple[Values, Values]]:
    """The form, with the rows and the matrix."""
    return np.sum(x @ a * x, axis=1), (x, a)


def backward(dy: Values, cache: tuple[Values, Values]) -> tuple[Values, Values]:
    """dx = dy (a + aᵀ) x, as x stands on both sides and a need not be symmetric, and da = Σ_n dy_n x_n x_nᵀ."""
    x, a = cache
    weighted = dy[:, None] * x
    return weighted @ (a + a.T), x.T @ weighted


def reference(x: Any, a: Any) -> Any:
    """The definition: y_n = Σ_de x_nd a_de x_ne."""
    return namespace(x).sum(x[:, :, None] * a * x[:, None, :], axis=(1, 2))


quadratic_form = Op(
    "quadratic_form",
    forward,
    backward,
    reference,
    inputs={"x": Array("N D"), "a": Array("D D")},
    batch="N",
    formula="y = xᵀ a x",
    source="Petersen and Pedersen 2012, The matrix cookbook, section 2.4",
)
