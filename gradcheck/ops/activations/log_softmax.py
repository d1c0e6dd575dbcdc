"""Logarithm of the softmax over the last axis: y_i = x_i - log Σ_j e^x_j.  x: (N, *S, C) → y: (N, *S, C)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def log_probabilities(x: Values) -> Values:
    """x - m - log1p(Σ e^(x-m) without the largest), m the largest: no overflow, and exact digits where y is near 0."""
    below = x - x.max(axis=-1, keepdims=True)
    largest = np.arange(x.shape[-1]) == x.argmax(axis=-1)[..., None]
    return np.asarray(below - np.log1p(np.where(largest, 0, np.exp(below)).sum(axis=-1, keepdims=True)))


def forward(x: Values) -> tuple[Values, Values]:
    """The log-probabilities, which are all that backward needs."""
    y = log_probabilities(x)
    return y, y.copy()


def backward(dy: Values, y: Values) -> Values:
    """dx = dy - e^y Σ dy, with dy's own part of the sum taken out: 1 - e^y = -expm1(y) keeps its digits near y = 0."""
    others = dy.sum(axis=-1, keepdims=True) - dy
    return np.asarray(-np.expm1(y) * dy - np.exp(y) * others)


def reference(x: Any) -> Any:
    """The definition."""
    xp = namespace(x)
    return x - xp.log(xp.sum(xp.exp(x), axis=-1, keepdims=True))


log_softmax = Op(
    "log_softmax",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S C")},
    batch="N",
    formula="y_i = x_i - log Σ_j e^x_j over the last axis",
    source="definition, as jax.nn.log_softmax",
    aliases={"torch": "log_softmax", "JAX": "log_softmax", "Chainer": "log_softmax", "MyGrad": "logsoftmax"},
)
