"""Instance normalization: x̂ = (x - μ) / √(σ² + eps), y = γ x̂ + β, μ and σ² of each channel of each example.

x: (N, C, H, *S), as (N, C, H) or (N, C, H, W), γ gamma: (C,), β beta: (C,) → y: (N, C, H, *S).  σ² is the biased
variance.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.normalization.channels import spread_over_channels, sum_per_channel
from gradcheck.ops.normalization.standardization import standardize, standardize_backward


def forward(x: Values, gamma: Values, beta: Values, eps: float) -> tuple[Values, Any]:
    """The output, and what backward needs of the normalized input."""
    normal, standardized = standardize(x, tuple(range(2, x.ndim)), eps)
    scale = spread_over_channels(gamma, x.ndim)
    return scale * normal + spread_over_channels(beta, x.ndim), (normal, scale, standardized)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """dx by way of dx̂ = γ dy; γ and β gather over the batch."""
    normal, scale, standardized = cache
    return standardize_backward(dy * scale, standardized), sum_per_channel(dy * normal), sum_per_channel(dy)


def reference(x: Any, gamma: Any, beta: Any, eps: float) -> Any:
    """The definition, each channel of each example as one row."""
    xp = namespace(x)
    rows = xp.reshape(x, (x.shape[0], x.shape[1], -1))
    mean = xp.mean(rows, axis=-1, keepdims=True)
    variance = xp.mean((rows - mean) ** 2, axis=-1, keepdims=True)
    y = gamma[:, None] * (rows - mean) / xp.sqrt(variance + eps) + beta[:, None]
    return xp.reshape(y, x.shape)


instance_norm = Op(
    "instance_norm",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H *S"), "gamma": Array("C"), "beta": Array("C")},
    settings={"eps": choice(1e-5, 1e-3)},
    batch="N",
    aliases={"torch": "instance_norm"},
    formula="y = γ (x - μ) / √(σ² + eps) + β, μ and σ² of each channel of each example",
    source="Ulyanov, Vedaldi and Lempitsky 2016, Instance normalization",
)
