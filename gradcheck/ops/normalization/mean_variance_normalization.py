"""Mean-variance normalization: y = (x - μ) / (σ + eps), or y = x - μ alone, μ and σ of each channel of each example.

x: (N, C, *S) → y: (N, C, *S).  With across_channels, μ and σ are those of each example.  eps is added to the deviation,
not to the variance, so that the derivative of σ is divided by σ and by (σ + eps)²; where σ = 0 its term vanishes.
Caffe's own backward divides by (σ + eps)³ instead, which is exact only as eps → 0.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.normalization.standardization import average, count_over


def forward(x: Values, across_channels: bool, normalize_variance: bool, eps: float) -> tuple[Values, Any]:
    """The output, and (x - μ) / σ, σ and σ + eps, which backward needs: 0, 0 and 1 where x is only centred."""
    axes = tuple(range(1 if across_channels else 2, x.ndim))
    count = count_over(x.shape, axes)
    centred = x - average(x, axes, count)
    if not normalize_variance:
        return centred, (0.0, 0.0, 1.0, axes, count)
    deviation = np.sqrt(average(np.square(centred), axes, count))
    direction = centred / np.where(deviation == 0, 1, deviation)
    return centred / (deviation + eps), (direction, deviation, deviation + eps, axes, count)


def backward(dy: Values, cache: Any) -> Values:
    """dx = (dy - mean dy) / (σ + eps) - (x - μ)/σ mean(dy (x - μ)/σ) σ / (σ + eps)²."""
    direction, deviation, divisor, axes, count = cache
    centred = dy - average(dy, axes, count)
    return np.asarray((centred - direction * average(dy * direction, axes, count) * deviation / divisor) / divisor)


def reference(x: Any, across_channels: bool, normalize_variance: bool, eps: float) -> Any:
    """The definition, what is normalized together as one row; a row of equal numbers is divided by eps alone."""
    xp = namespace(x)
    rows = xp.reshape(x, (x.shape[0], 1 if across_channels else x.shape[1], -1))
    centred = rows - xp.mean(rows, axis=-1, keepdims=True)
    if normalize_variance:
        variance = xp.mean(centred**2, axis=-1, keepdims=True)
        deviation = xp.sqrt(xp.where(variance > 0, variance, 1 + variance))
        centred = centred / xp.where(variance > 0, deviation + eps, eps)
    return xp.reshape(centred, x.shape)


mean_variance_normalization = Op(
    "mean_variance_normalization",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C *S")},
    settings={
        "across_channels": choice(False, True),
        "normalize_variance": choice(True, False),
        "eps": choice(1e-9, 1e-2),
    },
    batch="N",
    aliases={"Caffe": "MVN"},
    formula="y = (x - μ) / (σ + eps), μ and σ of each channel of each example",
    source="Caffe, MVNLayer",
)
