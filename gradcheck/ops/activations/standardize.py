"""Standardization over the last axis: y = (x - μ) / √(σ² + eps).  x: (N, *S, D) → y: (N, *S, D).

σ² is the biased variance, the mean of (x - μ)²: as mean(x²) - μ² it would cancel.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(x: Values, eps: float) -> tuple[Values, tuple[Values, Values]]:
    """The standardized rows, and 1 / √(σ² + eps)."""
    centred = x - x.mean(axis=-1, keepdims=True)
    scale = 1 / np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + eps)
    y = centred * scale
    return y, (y.copy(), scale)


def backward(dy: Values, cache: tuple[Values, Values]) -> Values:
    """dx = (dy - mean dy - y mean(dy y)) / √(σ² + eps)."""
    y, scale = cache
    centred = dy - dy.mean(axis=-1, keepdims=True)
    return np.asarray(scale * (centred - y * (centred * y).mean(axis=-1, keepdims=True)))


def reference(x: Any, eps: float) -> Any:
    """The definition."""
    xp = namespace(x)
    mean = xp.mean(x, axis=-1, keepdims=True)
    variance = xp.mean((x - mean) ** 2, axis=-1, keepdims=True)
    return (x - mean) / xp.sqrt(variance + eps)


standardize = Op(
    "standardize",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S D")},
    settings={"eps": choice(1e-5, 1e-3)},
    batch="N",
    formula="y = (x - μ) / √(σ² + eps), μ and σ² of each row over the last axis",
    source="jax.nn.standardize; layer normalization of Ba, Kiros and Hinton 2016, eq. 4, without gain and bias",
    aliases={"JAX": "standardize"},
)
