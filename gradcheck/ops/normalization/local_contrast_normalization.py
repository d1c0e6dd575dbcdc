"""Local contrast normalization: v = x - mean of x around, σ² = mean of v² around, y = v / max(c, σ).

x: (N, C, H, W) → y: (N, C, H, W).  Both means are over all channels and the size × size pixels around, size odd, with
zeros beyond the border, so that σ is the same for all channels of a pixel.  The weights are equal, where the paper has
a Gaussian window, and c is a constant, where it has the mean of σ over the image.  Kinks where σ = c; there the
gradient is that of a constant divisor.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.normalization.neighbourhood import sum_around


def mean_around(x: Values, size: int) -> Values:
    """The mean of x over all channels and the pixels around.  x: (N, C, H, W) → (N, 1, H, W)."""
    return sum_around(x.sum(axis=1, keepdims=True), size, (2, 3)) / (x.shape[1] * size**2)


def subtract_and_measure(x: Values, size: int) -> tuple[Values, Values]:
    """v and σ."""
    v = x - mean_around(x, size)
    return v, np.sqrt(mean_around(np.square(v), size))


def forward(x: Values, size: int, c: float) -> tuple[Values, Any]:
    """The output, and what backward needs."""
    v, deviation = subtract_and_measure(x, size)
    divisor = np.maximum(c, deviation)
    return v / divisor, (v, divisor, deviation > c, size)


def backward(dy: Values, cache: Any) -> Values:
    """dv = dy/max(c, σ) - v mean(Σ dy v / σ³), the latter of the pixels around at which σ > c; dx = dv - mean dv."""
    v, divisor, above, size = cache
    dv = dy / divisor - v * mean_around(above * dy * v / divisor**3, size)
    return np.asarray(dv - mean_around(dv, size))


def reference(x: Any, size: int, c: float) -> Any:
    """The definition, sums over rows and columns as products with bands of ones, the larger taken of the squares."""
    xp, (_, channels, height, width) = namespace(x), x.shape

    def band(length: int) -> Any:
        places = xp.arange(length)
        return xp.astype(xp.abs(places[:, None] - places) <= size // 2, x.dtype)

    def mean(z: Any) -> Any:
        return band(height) @ xp.sum(z, axis=1, keepdims=True) @ band(width) / (channels * size**2)

    v = x - mean(x)
    return v / xp.sqrt(xp.maximum(mean(v**2), c**2 + 0 * mean(x)))


def kinks(x: Values, size: int, c: float) -> Values:
    """How far σ is above c.  → (N, 1, H, W)."""
    return subtract_and_measure(x, size)[1] - c


local_contrast_normalization = Op(
    "local_contrast_normalization",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={"size": choice(3, 1, 5), "c": choice(1.0, 0.5)},
    batch="N",
    kinks=kinks,
    formula="y = v / max(c, σ), v = x - mean of x around, σ² = mean of v² around",
    source="Jarrett et al. 2009, What is the best multi-stage architecture for object recognition?, section 2",
)
