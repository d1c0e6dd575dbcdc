"""Group normalization: x̂ = (x - μ) / √(σ² + eps), y = γ x̂ + β, μ and σ² of each example over a group of channels.

x: (N, groups*C, *S), γ gamma: (groups*C,), β beta: (groups*C,) → y: (N, groups*C, *S).  A group is C channels next to
each other.  σ² is the biased variance.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.normalization.channels import spread_over_channels, sum_per_channel
from gradcheck.ops.normalization.standardization import standardize, standardize_backward


def forward(x: Values, gamma: Values, beta: Values, groups: int, eps: float) -> tuple[Values, Any]:
    """The output, and what backward needs of the normalized groups."""
    grouped = x.reshape(x.shape[0], groups, x.shape[1] // groups, *x.shape[2:])
    normal, standardized = standardize(grouped, tuple(range(2, grouped.ndim)), eps)
    scale = spread_over_channels(gamma, x.ndim)
    y = scale * normal.reshape(x.shape) + spread_over_channels(beta, x.ndim)
    return y, (normal, scale, standardized)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """dx by way of dx̂ = γ dy; γ and β gather over the batch."""
    normal, scale, standardized = cache
    dx = standardize_backward((dy * scale).reshape(normal.shape), standardized)
    return dx.reshape(dy.shape), sum_per_channel(dy * normal.reshape(dy.shape)), sum_per_channel(dy)


def reference(x: Any, gamma: Any, beta: Any, groups: int, eps: float) -> Any:
    """The equations of the paper, each group as one row, channels moved last for γ and β."""
    xp = namespace(x)
    rows = xp.reshape(x, (x.shape[0], groups, -1))
    mean = xp.mean(rows, axis=-1, keepdims=True)
    variance = xp.mean((rows - mean) ** 2, axis=-1, keepdims=True)
    normal = xp.reshape((rows - mean) / xp.sqrt(variance + eps), x.shape)
    return xp.moveaxis(gamma * xp.moveaxis(normal, 1, -1) + beta, -1, 1)


group_norm = Op(
    "group_norm",
    forward,
    backward,
    reference,
    inputs={"x": Array("N groups*C *S"), "gamma": Array("groups*C"), "beta": Array("groups*C")},
    settings={"groups": whole(1, 3), "eps": choice(1e-5, 1e-3)},
    batch="N",
    aliases={"CS231n": "spatial_groupnorm", "torch": "group_norm", "Chainer": "group_normalization"},
    formula="y = γ (x - μ) / √(σ² + eps) + β, μ and σ² of each example over a group of channels",
    source="Wu and He 2018, Group normalization",
)
