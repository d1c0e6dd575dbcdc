"""Batch normalization in training: x̂ = (x - μ) / √(σ² + eps), y = γ x̂ + β, μ and σ² of each channel over the batch.

x: (N, C, *S), as (N, D) or (N, C, H, W), γ gamma: (C,), β beta: (C,) → y: (N, C, *S).  σ² is the biased variance.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(x: Values, gamma: Values, beta: Values, eps: float) -> tuple[Values, Any]:
    """The output, and the normalized input with its scale, which backward needs."""
    axes, channels = (0, *range(2, x.ndim)), (-1, *(1,) * (x.ndim - 2))
    count = max(x.size // x.shape[1], 1)
    centred = x - x.sum(axis=axes, keepdims=True) / count
    scale = 1 / np.sqrt(np.square(centred).sum(axis=axes, keepdims=True) / count + eps)
    normal = centred * scale
    return gamma.reshape(channels) * normal + beta.reshape(channels), (normal, scale, gamma.reshape(channels), axes)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """dx = (dx̂ - mean dx̂ - x̂ mean(dx̂ x̂)) / √(σ² + eps): what changes mean or variance alone has no effect."""
    normal, scale, gamma, axes = cache
    count = max(dy.size // dy.shape[1], 1)
    dnormal = dy * gamma
    dnormal = dnormal - dnormal.sum(axis=axes, keepdims=True) / count
    dx = scale * (dnormal - normal * (dnormal * normal).sum(axis=axes, keepdims=True) / count)
    return dx, (dy * normal).sum(axis=axes), dy.sum(axis=axes)


def reference(x: Any, gamma: Any, beta: Any, eps: float) -> Any:
    """The equations of the paper, channels moved last."""
    xp = namespace(x)
    rows = xp.reshape(xp.moveaxis(x, 1, -1), (-1, x.shape[1]))
    mean = xp.mean(rows, axis=0)
    variance = xp.mean((rows - mean) ** 2, axis=0)
    y = gamma * (rows - mean) / xp.sqrt(variance + eps) + beta
    return xp.moveaxis(xp.reshape(y, (x.shape[0], *x.shape[2:], x.shape[1])), -1, 1)


batch_norm = Op(
    "batch_norm",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C *S"), "gamma": Array("C"), "beta": Array("C")},
    settings={"eps": choice(1e-5, 1e-3)},
    formula="y = γ (x - μ) / √(σ² + eps) + β, μ and σ² of each channel over the batch",
    source="Ioffe and Szegedy 2015, algorithm 1",
)
