"""The affine layer at every time: y[n, t] = x[n, t] w + b.  x: (N, T, D), w: (D, M), b: (M,) → y: (N, T, M)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values, w: Values, b: Values) -> tuple[Values, tuple[Values, Values]]:
    """The scores of every time, and the factors of the product for backward."""
    return x @ w + b, (x, w)


def backward(dy: Values, cache: tuple[Values, Values]) -> tuple[Values, Values, Values]:
    """As in the affine layer; w and b gather over all times of all sequences."""
    x, w = cache
    return dy @ w.T, np.einsum("ntd,ntm->dm", x, dy), dy.sum(axis=(0, 1))


def reference(x: Any, w: Any, b: Any) -> Any:
    """The definition: y_ntm = Σ_d x_ntd w_dm + b_m."""
    return namespace(x).sum(x[:, :, :, None] * w, axis=2) + b


temporal_affine = Op(
    "temporal_affine",
    forward,
    backward,
    reference,
    inputs={"x": Array("N T D"), "w": Array("D M"), "b": Array("M")},
    batch="N",
    formula="y[n, t] = x[n, t] w + b",
    source="CS231n assignment 3, temporal_affine_forward",
    aliases={"CS231n": "temporal_affine"},
)
