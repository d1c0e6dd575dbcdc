"""Squared length of a linear map: y = ‖W x‖² = Σ q² with q = W x.  x: (D,), w: (M, D) → y: ()."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values, w: Values) -> tuple[Values, tuple[Values, Values, Values]]:
    """q times itself, and q, x and W for backward."""
    q = w @ x
    return q @ q, (x, w, q)


def backward(dy: Values, cache: tuple[Values, Values, Values]) -> tuple[Values, Values]:
    """dq = 2 q dy, then ∇x = Wᵀ dq and ∇W = dq xᵀ."""
    x, w, q = cache
    dq = 2 * dy * q
    return w.T @ dq, np.outer(dq, x)


def reference(x: Any, w: Any) -> Any:
    """The definition, element by element: q_i = Σ_j W_ij x_j, y = Σ_i q_i²."""
    xp = namespace(x)
    return xp.sum(xp.sum(w * x, axis=1) ** 2)


squared_norm = Op(
    "squared_norm",
    forward,
    backward,
    reference,
    inputs={"x": Array("D"), "w": Array("M D")},
    example={"x": [0.2, 0.4], "w": [[0.1, 0.5], [-0.3, 0.8]]},
    formula="y = ‖W x‖²",
    source="CS231n lecture 4, a vectorized example",
)
