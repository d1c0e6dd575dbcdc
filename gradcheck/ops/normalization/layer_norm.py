"""Layer normalization: x̂ = (x - μ) / √(σ² + eps), y = γ x̂ + β, μ and σ² of each row over the last axis.

x: (N, *S, D), γ gamma: (D,), β beta: (D,) → y: (N, *S, D).  σ² is the biased variance.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.normalization.standardization import standardize, standardize_backward


def forward(x: Values, gamma: Values, beta: Values, eps: float) -> tuple[Values, Any]:
    """The output, and what backward needs of the normalized input."""
    normal, standardized = standardize(x, (-1,), eps)
    return gamma * normal + beta, (normal, gamma, standardized)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """dx by way of dx̂ = γ dy; γ and β gather over all rows."""
    normal, gamma, standardized = cache
    rows = tuple(range(dy.ndim - 1))
    return standardize_backward(dy * gamma, standardized), (dy * normal).sum(axis=rows), dy.sum(axis=rows)


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
    aliases={
        "CS231n": "layernorm",
        "torch": "layer_norm",
        "Chainer": "layer_normalization",
        "thinc": "layernorm",
    },
    formula="y = γ (x - μ) / √(σ² + eps) + β, μ and σ² of each row over the last axis",
    source="Ba, Kiros and Hinton 2016, eq. 4",
)
