"""Global average pooling: the mean of each channel over all axes of space.

x: (N, C, *S) → y: (N, C), or (N, C, 1, …, 1) with keepdims.
"""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(x: Values, keepdims: bool) -> tuple[Values, Any]:
    """The mean of each channel, and the shape that backward spreads back to."""
    return np.asarray(x.mean(axis=tuple(range(2, x.ndim)), keepdims=keepdims)), x.shape


def backward(dy: Values, shape: tuple[int, ...]) -> Values:
    """Every element of a channel takes an equal share of its upstream."""
    share = dy / math.prod(shape[2:])
    return np.array(np.broadcast_to(share.reshape(*shape[:2], *[1] * len(shape[2:])), shape))


def reference(x: Any, keepdims: bool) -> Any:
    """The sum as a product with a vector of ones, divided by their number."""
    xp, count = namespace(x), math.prod(x.shape[2:])
    y = xp.reshape(x, (*x.shape[:2], count)) @ xp.ones(count, dtype=x.dtype) / count
    return xp.reshape(y, (*x.shape[:2], *[1] * len(x.shape[2:]))) if keepdims else y


global_average_pool = Op(
    "global_average_pool",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C *S")},
    settings={"keepdims": choice(False, True)},
    batch="N",
    formula="y = mean of x over each channel",
    source="Lin, Chen and Yan 2013, Network in network, section 3.2",
    aliases={
        "Caffe": "Pooling",
        "torch": "adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d",
    },
)
