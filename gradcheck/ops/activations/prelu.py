"""Parametric ReLU: y = x above zero, a x elsewhere, with a slope for each channel that is learned.

x: (N, C, *S), slope: (C,) → y: (N, C, *S).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import nonzero
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values, slope: Values) -> tuple[Values, Any]:
    """x above zero, and x times the slope of its channel elsewhere."""
    of_channel = slope.reshape(-1, *[1] * (x.ndim - 2))
    return np.where(x > 0, x, of_channel * x), (x, of_channel.copy())


def backward(dy: Values, cache: Any) -> tuple[Values, Values]:
    """dx = dy above zero, a dy elsewhere; the slope gathers dy x where x is below zero."""
    x, of_channel = cache
    dslope = np.moveaxis(dy * np.minimum(x, 0), 1, -1)
    return np.where(x > 0, dy, of_channel * dy), dslope.sum(axis=tuple(range(x.ndim - 1)))


def reference(x: Any, slope: Any) -> Any:
    """The definition by cases, with the channels moved to the end."""
    xp = namespace(x)
    last = xp.moveaxis(x, 1, -1)
    return xp.moveaxis(xp.where(last > 0, last, slope * last), -1, 1)


prelu = Op(
    "prelu",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C *S"), "slope": Array("C", nonzero())},
    batch="N",
    kinks=lambda x, slope: x,
    convention="left",
    formula="y = x for x > 0, a_c x elsewhere, c the channel",
    source="He et al. 2015, Delving deep into rectifiers, eq. 1; slope a at 0 as in Caffe and torch",
    aliases={"Caffe": "PReLU", "torch": "prelu", "Chainer": "prelu"},
)
