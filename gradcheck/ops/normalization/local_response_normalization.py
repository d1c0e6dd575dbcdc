"""Local response normalization across channels: y = x / s^beta, s = k + alpha/size Σ x² over the channels around it.

x: (N, C, *S) → y: (N, C, *S).  size is odd; the window of channel c is c - size//2 … c + size//2, cut off at the ends,
and alpha is divided by size all the same, as in Caffe and torch (Krizhevsky's and Chainer's alpha is alpha/size).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.normalization.neighbourhood import sum_around


def forward(x: Values, size: int, alpha: float, beta: float, k: float) -> tuple[Values, Any]:
    """The normalized input, and its scale, which backward needs."""
    s = k + alpha / size * sum_around(np.square(x), size, (1,))
    return x * s**-beta, (x, s, size, alpha, beta)


def backward(dy: Values, cache: Any) -> Values:
    """dx = dy s^-beta - 2 alpha beta/size x Σ dy x s^(-beta-1): a channel also moves the scale of those around it."""
    x, s, size, alpha, beta = cache
    return np.asarray(dy * s**-beta - 2 * alpha * beta / size * x * sum_around(dy * x * s**-beta / s, size, (1,)))


def reference(x: Any, size: int, alpha: float, beta: float, k: float) -> Any:
    """The definition, the sum over channels as a product with a band of ones."""
    xp = namespace(x)
    channels = xp.arange(x.shape[1])
    band = xp.astype(xp.abs(channels[:, None] - channels) <= size // 2, x.dtype)
    squares = xp.moveaxis(xp.tensordot(band, x**2, axes=((1,), (1,))), 0, 1)
    return x / (k + alpha / size * squares) ** beta


local_response_normalization = Op(
    "local_response_normalization",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C *S")},
    settings={
        "size": choice(1, 3, 5),
        "alpha": choice(1.0, 1e-4),
        "beta": choice(0.75, 0.5),
        "k": choice(1.0, 2.0),
    },
    batch="N",
    aliases={"Caffe": "LRN", "torch": "local_response_norm", "Chainer": "local_response_normalization"},
    formula="y = x / (k + alpha/size Σ x²)^beta, Σ over the size channels around",
    source="Krizhevsky, Sutskever and Hinton 2012, section 3.3; alpha/size as in Caffe, LRNLayer",
)
