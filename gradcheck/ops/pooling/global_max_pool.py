"""Global max pooling: the largest element of each channel over all axes of space.

x: (N, C, *S) → y: (N, C), or (N, C, 1, …, 1) with keepdims.  Kinks where two elements tie for the largest; there the
first takes the gradient.
"""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.pooling.winners import measure_leads


def list_channels(x: Values) -> Values:
    """The elements of each channel in one row.  x: (N, C, *S) → (N, C, K)."""
    return x.reshape(*x.shape[:2], math.prod(x.shape[2:]))


def forward(x: Values, keepdims: bool) -> tuple[Values, Any]:
    """The largest of each channel, and where it stood."""
    y = x.max(axis=tuple(range(2, x.ndim)), keepdims=keepdims)
    return np.asarray(y), (list_channels(x).argmax(axis=-1, keepdims=True), x.shape)


def backward(dy: Values, cache: Any) -> Values:
    """The upstream of each channel goes to its winner."""
    winners, shape = cache
    dx = np.zeros((*shape[:2], math.prod(shape[2:])), dy.dtype)
    np.put_along_axis(dx, winners, dy.reshape(winners.shape), axis=-1)
    return dx.reshape(shape)


def reference(x: Any, keepdims: bool) -> Any:
    """The definition."""
    return namespace(x).max(x, axis=tuple(range(2, x.ndim)), keepdims=keepdims)


global_max_pool = Op(
    "global_max_pool",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C *S")},
    settings={"keepdims": choice(False, True)},
    batch="N",
    kinks=lambda x, keepdims: measure_leads(list_channels(x)),
    convention="first",
    formula="y = max of x over each channel",
    source="Oquab et al. 2015, Is object localization for free?, global max-pooling",
    aliases={
        "Caffe": "Pooling",
        "torch": "adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d",
    },
)
