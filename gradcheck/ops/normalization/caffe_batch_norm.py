"""Caffe's BatchNorm, which leaves γ and β to a Scale layer: y = (x - μ) / √(σ² + eps), in training and in inference.

In training μ and σ² are those of each channel over the batch.  x: (N, C, *S) → y: (N, C, *S).

In inference they are the blobs mean_sum: (C,) and var_sum: (C,), sums in which earlier batches count for less,
divided by the number scale_factor: (), the sum of these weights; where that is zero, both are taken for zero.  All
three are constants.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant, positive, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.normalization.channels import spread_over_channels
from gradcheck.ops.normalization.standardization import standardize, standardize_backward


def forward(x: Values, eps: float) -> tuple[Values, Any]:
    """The normalized input, and what backward needs of it."""
    normal, standardized = standardize(x, (0, *range(2, x.ndim)), eps)
    return normal.copy(), standardized


def reference(x: Any, eps: float) -> Any:
    """The definition, each channel as one row."""
    xp = namespace(x)
    rows = xp.reshape(xp.moveaxis(x, 1, 0), (x.shape[1], -1))
    mean = xp.mean(rows, axis=1, keepdims=True)
    y = (rows - mean) / xp.sqrt(xp.mean((rows - mean) ** 2, axis=1, keepdims=True) + eps)
    return xp.moveaxis(xp.reshape(y, (x.shape[1], x.shape[0], *x.shape[2:])), 0, 1)


caffe_batch_norm = Op(
    "caffe_batch_norm",
    forward,
    standardize_backward,
    reference,
    inputs={"x": Array("N C *S")},
    settings={"eps": choice(1e-5, 1e-3)},
    aliases={"Caffe": "BatchNorm"},
    formula="y = (x - μ) / √(σ² + eps), μ and σ² of each channel over the batch",
    source="Caffe, BatchNormLayer, use_global_stats false",
)


def inference_forward(
    x: Values, mean_sum: Values, var_sum: Values, scale_factor: Values, eps: float
) -> tuple[Values, Values]:
    """The input by the statistics that were gathered, and their deviations, which backward needs."""
    unit = np.reciprocal(scale_factor) if scale_factor != 0 else scale_factor
    mean = spread_over_channels(mean_sum * unit, x.ndim)
    deviation = spread_over_channels(np.sqrt(var_sum * unit + eps), x.ndim)
    return (x - mean) / deviation, deviation


def inference_backward(dy: Values, deviation: Values) -> tuple[Values, None, None, None]:
    """dx = dy / √(σ² + eps)."""
    return dy / deviation, None, None, None


def inference_reference(x: Any, mean_sum: Any, var_sum: Any, scale_factor: Any, eps: float) -> Any:
    """The definition, channels moved last; zero weights leave sums of nothing, which are divided by one."""
    xp = namespace(x)
    some = xp.astype(scale_factor != 0, x.dtype)
    divisor = scale_factor + 1 - some
    mean, variance = some * mean_sum / divisor, some * var_sum / divisor
    return xp.moveaxis((xp.moveaxis(x, 1, -1) - mean) / xp.sqrt(variance + eps), -1, 1)


caffe_batch_norm_inference = Op(
    "caffe_batch_norm_inference",
    inference_forward,
    inference_backward,
    inference_reference,
    inputs={
        "x": Array("N C *S"),
        "mean_sum": Array("C", constant()),
        "var_sum": Array("C", constant(positive())),
        "scale_factor": Array("", constant(real(0, 1000))),  # 1000 = 1 / (1 - moving_average_fraction)
    },
    settings={"eps": choice(1e-5, 1e-3)},
    batch="N",
    aliases={"Caffe": "BatchNorm"},
    formula="y = (x - mean_sum / scale_factor) / √(var_sum / scale_factor + eps)",
    source="Caffe, BatchNormLayer, use_global_stats true",
)
