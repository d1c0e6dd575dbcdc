"""Mean squared error: loss = mean of (y_pred - y)² over all elements, 0 of none.  y_pred, y: (*S) → loss: ()."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(y_pred: Values, y: Values) -> tuple[Values, Values]:
    """The loss, and the difference that backward needs."""
    apart = np.asarray(y_pred - y)
    return np.asarray(np.square(apart).sum() / max(apart.size, 1)), apart


def backward(dloss: Values, apart: Values) -> tuple[Values, Values]:
    """2 (y_pred - y) / size for y_pred, its negative for y."""
    dy_pred = np.asarray(2 * dloss / max(apart.size, 1) * apart)
    return dy_pred, -dy_pred


def reference(y_pred: Any, y: Any) -> Any:
    """The definition."""
    return namespace(y).mean((y_pred - y) ** 2)


mean_squared_error = Op(
    "mean_squared_error",
    forward,
    backward,
    reference,
    inputs={"y_pred": Array("*S"), "y": Array("*S")},
    outputs=("loss",),
    formula="loss = mean (y_pred - y)²",
    source="definition, as torch.nn.functional.mse_loss",
    aliases={"torch": "mse_loss", "Chainer": "mean_squared_error"},
)
