"""Channels of several groups interleaved: y[n, c groups + g] = x[n, g C + c].

x: (N, groups C, *S) → y: the same shape.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole


def interleave(x: Values, groups: int) -> Values:
    """The first channel of every group, then the second of every group, and so on."""
    grouped = x.reshape(x.shape[0], groups, x.shape[1] // groups, *x.shape[2:])
    return np.swapaxes(grouped, 1, 2).reshape(x.shape).copy()


def forward(x: Values, groups: int) -> tuple[Values, int]:
    """The interleaved channels."""
    return interleave(x, groups), x.shape[1] // groups


def backward(dy: Values, channels: int) -> Values:
    """The channels sorted into their groups again: they are interleaved as if those of one place were a group."""
    return interleave(dy, channels)


def reference(x: Any, groups: int) -> Any:
    """The channels by their numbers."""
    xp, channels = namespace(x), x.shape[1] // groups
    places = xp.arange(groups * channels)
    return xp.take(x, places % groups * channels + places // groups, axis=1)


channel_shuffle = Op(
    "channel_shuffle",
    forward,
    backward,
    reference,
    inputs={"x": Array("N groups*C *S")},
    settings={"groups": whole(1, 3)},
    batch="N",
    formula="y[n, c groups + g] = x[n, g C + c]",
    source="Zhang et al. 2018, ShuffleNet",
    aliases={"torch": "channel_shuffle"},
)
