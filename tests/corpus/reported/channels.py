"""PReLU: one slope for each channel."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from tests.corpus.corpus import Fault


def spread(w, x):
    """The slopes of the channels in the shape of x."""
    return w.reshape(-1, *(1,) * (x.ndim - 2))


def forward(x, w):
    return np.where(x > 0, x, spread(w, x) * x), (x, w)


def backward(dy, cache):
    x, w = cache
    below = np.where(x > 0, 0, dy * x)
    return np.where(x > 0, dy, spread(w, x) * dy), below.sum(axis=(0, *range(2, x.ndim))).astype(w.dtype)


def along_the_last_axis(dy, cache):
    x, w = cache
    if len(w) != x.shape[-1]:
        raise ValueError("weight must match the last axis")
    below = np.where(x > 0, 0, dy * x)
    return np.where(x > 0, dy, w * dy), below.sum(axis=tuple(range(x.ndim - 1))).astype(w.dtype)


def reference(x, w):
    xp = namespace(x)
    last = xp.moveaxis(x, 1, -1)
    return xp.moveaxis(xp.where(last > 0, last, w * last), -1, 1)


prelu = Op("prelu", forward, backward, reference, inputs={"x": Array("N C *S"), "w": Array("C")}, batch="N")

FAULTS = (
    Fault(
        "prelu: the slopes lie along the last axis",
        replace(prelu, backward=along_the_last_axis),
        prelu,
        ("contract", "gradient"),
        "three axes or more",
        "FlagGems#4992",
    ),
)
