"""Batch normalization in inference: y = γ (x - μ) / √(σ² + eps) + β, with running statistics μ and σ² of each channel.

x: (N, C, *S), γ gamma: (C,), β beta: (C,), μ running_mean: (C,), σ² running_var: (C,) → y: (N, C, *S).  The running
statistics are constants, so that x is scaled and shifted alone: the terms of their derivatives in training are absent.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant, positive
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.normalization.channels import spread_over_channels, sum_per_channel


def forward(
    x: Values, gamma: Values, beta: Values, running_mean: Values, running_var: Values, eps: float
) -> tuple[Values, Any]:
    """The output, and the normalized input with both scales, which backward needs."""
    shift, scale, mean, deviation = (
        spread_over_channels(parameter, x.ndim) for parameter in (beta, gamma, running_mean, np.sqrt(running_var + eps))
    )
    normal = (x - mean) / deviation
    return scale * normal + shift, (normal, scale, deviation)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values, None, None]:
    """dx = γ dy / √(σ² + eps); γ and β gather over the batch."""
    normal, scale, deviation = cache
    return dy * scale / deviation, sum_per_channel(dy * normal), sum_per_channel(dy), None, None


def reference(x: Any, gamma: Any, beta: Any, running_mean: Any, running_var: Any, eps: float) -> Any:
    """The definition, channels moved last."""
    xp = namespace(x)
    y = gamma * (xp.moveaxis(x, 1, -1) - running_mean) / xp.sqrt(running_var + eps) + beta
    return xp.moveaxis(y, -1, 1)


batch_norm_inference = Op(
    "batch_norm_inference",
    forward,
    backward,
    reference,
    inputs={
        "x": Array("N C *S"),
        "gamma": Array("C"),
        "beta": Array("C"),
        "running_mean": Array("C", constant()),
        "running_var": Array("C", constant(positive())),
    },
    settings={"eps": choice(1e-5, 1e-3)},
    batch="N",
    aliases={"CS231n": "batchnorm", "torch": "batch_norm", "Chainer": "fixed_batch_normalization"},
    formula="y = γ (x - μ) / √(σ² + eps) + β, μ and σ² running statistics",
    source="Ioffe and Szegedy 2015, algorithm 2",
)
