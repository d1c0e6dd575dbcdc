"""Batch normalization in training: x̂ = (x - μ) / √(σ² + eps), y = γ x̂ + β, μ and σ² of each channel over the batch.

x: (N, C, *S), as (N, D) or (N, C, H, W), γ gamma: (C,), β beta: (C,) → y: (N, C, *S).  σ² is the biased variance.
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
    normal, standardized = standardize(x, (0, *range(2, x.ndim)), eps)
    scale = spread_over_channels(gamma, x.ndim)
    return scale * normal + spread_over_channels(beta, x.ndim), (normal, scale, standardized)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """dx by way of dx̂ = γ dy; γ and β gather over the batch."""
    normal, scale, standardized = cache
    return standardize_backward(dy * scale, standardized), sum_per_channel(dy * normal), sum_per_channel(dy)


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
    aliases={
        "CS231n": "batchnorm batchnorm_alt spatial_batchnorm",
        "torch": "batch_norm",
        "Chainer": "batch_normalization",
        "MyGrad": "batchnorm",
    },
    formula="y = γ (x - μ) / √(σ² + eps) + β, μ and σ² of each channel over the batch",
    source="Ioffe and Szegedy 2015, algorithm 1",
)
