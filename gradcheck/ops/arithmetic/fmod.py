"""The remainder with the sign of x: z = x - y trunc(x / y), broadcast.  x: (*#S), y: (*#S), not zero → z: (*S).

z jumps where x is a multiple of y; the gradient there is that of the formula with trunc(x / y) held.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import nonzero
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(x: Values, y: Values) -> tuple[Values, tuple[Values, tuple[int, ...], tuple[int, ...]]]:
    """The remainder, how often y goes into x toward zero, and the shapes that backward sums back to."""
    z = np.fmod(x, y)
    return z, (np.rint((x - z) / y), x.shape, y.shape)


def backward(dz: Values, cache: tuple[Values, tuple[int, ...], tuple[int, ...]]) -> tuple[Values, Values]:
    """dx = dz and dy = -dz trunc(x / y), each summed over the axes along which it was broadcast."""
    times, x_shape, y_shape = cache
    return unbroadcast(dz, x_shape), unbroadcast(-dz * times, y_shape)


def reference(x: Any, y: Any) -> Any:
    """The definition."""
    return x - y * namespace(x).trunc(x / y)


fmod = Op(
    "fmod",
    forward,
    backward,
    reference,
    inputs={"x": Array("*#S"), "y": Array("*#S", nonzero(2.0**-6))},
    outputs=("z",),
    kinks=lambda x, y: x / y - np.rint(x / y),
    formula="z = x - y trunc(x / y)",
    source="definition, as in C; broadcasting after the array API standard",
    aliases={"Chainer": "fmod", "torch": "fmod", "JAX": "fmod rem"},
)
