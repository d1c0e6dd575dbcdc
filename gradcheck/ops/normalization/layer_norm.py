"""Layer normalization: x̂ = (x - μ) / √(σ² + eps), y = γ x̂ + β, μ and σ² of each row over the last axis.

x: (N, *S, D), γ gamma: (D,), β beta: (D,) → y: (N, *S, D).  σ² is the biased variance.
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
    centred = x - x.mean(axis=-1, keepdims=True)
    scale = 1 / np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + eps)
    normal = centred * scale
    return gamma * normal + beta, (normal, scale, gamma)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """dx = (dx̂ - mean dx̂ - x̂ mean(dx̂ x̂)) / √(σ² + eps); γ and β gather over all rows."""
    normal, scale, gamma = cache
    dnormal = dy * gamma
    dnormal = dnormal - dnormal.mean(axis=-1, keepdims=True)
    dx = scale * (dnormal - normal * (dnormal * normal).mean(axis=-1, keepdims=True))
    rows = tuple(range(dy.ndim - 1))
    return dx, (dy * normal).sum(axis=rows), dy.sum(axis=rows)


def reference(x: Any, gamma: Any, beta: Any, eps: float) -> Any:
    """The equations of the paper."""
    xp = namespace(x)
    mean = xp.mean(x, axis=-1, keepdims=True)
    variance = xp.mean((x - mean) ** 2, axis=-1, keepdims=True)
    return gamma * (x - mean) / xp.sqrt(variance + eps) + beta


layer_norm = Op(
    "layer_norm",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S D"), "gamma": Array("D"), "beta": Array("D")},
    settings={"eps": choice(1e-5, 1e-3)},
    batch="N",
    formula="y = γ (x - μ) / √(σ² + eps) + β, μ and σ² of each row over the last axis",
    source="Ba, Kiros and Hinton 2016, eq. 4",
)
