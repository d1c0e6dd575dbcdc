"""Softmin over the last axis: y_i = e^-x_i / Σ_j e^-x_j, the softmax of -x.  x: (N, *S, C) → y: (N, *S, C)."""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.activations.softmax import softmax


def forward(x: Values) -> tuple[Values, Values]:
    """The softmax of -x, and what its backward needs."""
    return softmax.forward(-x)


def backward(dy: Values, cache: Values) -> Values:
    """dx is the gradient of softmax at -x, with the sign of -x."""
    return -softmax.backward(dy, cache)


def reference(x: Any) -> Any:
    """The definition."""
    xp = namespace(x)
    weights = xp.exp(-x)
    return weights / xp.sum(weights, axis=-1, keepdims=True)


softmin = Op(
    "softmin",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S C")},
    batch="N",
    formula="y_i = e^-x_i / Σ_j e^-x_j over the last axis",
    source="torch, softmin",
    aliases={"torch": "softmin"},
)
