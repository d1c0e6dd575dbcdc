"""Softmax over the last axis: y_i = e^x_i / Σ_j e^x_j.  x: (N, *S, C) → y: (N, *S, C)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values) -> tuple[Values, Values]:
    """The probabilities; the largest score is subtracted first, so that no exponential overflows."""
    weights = np.exp(x - x.max(axis=-1, keepdims=True))
    y = weights / weights.sum(axis=-1, keepdims=True)
    return y, y.copy()


def backward(dy: Values, y: Values) -> Values:
    """dx = y (dy - Σ dy y).  The same for every dy + c: with dy taken from that of the likeliest class, nothing cancels
    where one probability is nearly 1."""
    likeliest = y.argmax(axis=-1)[..., None]
    apart = dy - np.take_along_axis(dy, likeliest, axis=-1)
    return np.asarray(y * (apart - (apart * y).sum(axis=-1, keepdims=True)))


def reference(x: Any) -> Any:
    """The definition."""
    xp = namespace(x)
    weights = xp.exp(x)
    return weights / xp.sum(weights, axis=-1, keepdims=True)


softmax = Op(
    "softmax",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S C")},
    batch="N",
    formula="y_i = e^x_i / Σ_j e^x_j over the last axis",
    source="Bridle 1990; CS231n notes, linear classification",
    aliases={
        "Caffe": "Softmax",
        "CS231n": "softmax",
        "torch": "softmax",
        "JAX": "softmax",
        "Chainer": "softmax",
        "thinc": "softmax softmax_activation",
        "MyGrad": "softmax",
    },
)
