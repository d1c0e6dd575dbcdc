"""Summed squared error: loss = Σ (y_pred - y)² over all elements.  y_pred, y: (*S) → loss: ()."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(y_pred: Values, y: Values) -> tuple[Values, Values]:
    """The loss, and the difference that backward needs."""
    apart = np.asarray(y_pred - y)
    return np.asarray(np.square(apart).sum()), apart


def backward(dloss: Values, apart: Values) -> tuple[Values, Values]:
    """2 (y_pred - y) for y_pred, its negative for y."""
    dy_pred = np.asarray(2 * dloss * apart)
    return dy_pred, -dy_pred


def reference(y_pred: Any, y: Any) -> Any:
    """The definition."""
    return namespace(y).sum((y_pred - y) ** 2)


summed_squared_error = Op(
    "summed_squared_error",
    forward,
    backward,
    reference,
    inputs={"y_pred": Array("*S"), "y": Array("*S")},
    outputs=("loss",),
    formula="loss = Σ (y_pred - y)²",
    source="CS231n lecture 4, np.square(y_pred - y).sum() of the two-layer network in 20 lines",
    aliases={"thinc": "L2Distance"},
)
