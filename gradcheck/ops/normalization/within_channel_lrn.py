"""Local response normalization within each channel: y = x / s^beta, s = 1 + alpha/size² Σ x² over the pixels around it.

x: (N, C, H, W) → y: (N, C, H, W).  size is odd; the window is size × size pixels, cut off at the border, and alpha is
divided by size² all the same.  Caffe's LRN with norm_region WITHIN_CHANNEL, which knows no k; its cuDNN engine calls
the same thing LCN, divisive normalization about means of zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.normalization.neighbourhood import sum_around


def forward(x: Values, size: int, alpha: float, beta: float) -> tuple[Values, Any]:
    """The normalized input, and its scale, which backward needs."""
    s = 1 + alpha / size**2 * sum_around(np.square(x), size, (2, 3))
    return x * s**-beta, (x, s, size, alpha, beta)


def backward(dy: Values, cache: Any) -> Values:
    """dx = dy s^-beta - 2 alpha beta/size² x Σ dy x s^(-beta-1): a pixel also moves the scale of those around it."""
    x, s, size, alpha, beta = cache
    around = sum_around(dy * x * s**-beta / s, size, (2, 3))
    return np.asarray(dy * s**-beta - 2 * alpha * beta / size**2 * x * around)


def reference(x: Any, size: int, alpha: float, beta: float) -> Any:
    """The definition, the sums over rows and columns as products with bands of ones."""
    xp = namespace(x)

    def band(length: int) -> Any:
        places = xp.arange(length)
        return xp.astype(xp.abs(places[:, None] - places) <= size // 2, x.dtype)

    rows, columns = map(band, x.shape[2:])
    return x / (1 + alpha / size**2 * (rows @ x**2 @ columns)) ** beta


within_channel_lrn = Op(
    "within_channel_lrn",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={"size": choice(1, 3, 5), "alpha": choice(1.0, 1e-4), "beta": choice(0.75, 0.5)},
    batch="N",
    aliases={"Caffe": "LRN"},
    formula="y = x / (1 + alpha/size² Σ x²)^beta, Σ over the size × size pixels around",
    source="Caffe, LRNLayer, WithinChannelForward",
)
