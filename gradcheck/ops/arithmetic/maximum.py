"""z = max(x, y), broadcast.  x: (*#S), y: (*#S) → z: (*S).  The max gate sends the upstream to the larger alone: a
router.  At a tie it goes to x."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(x: Values, y: Values) -> tuple[Values, tuple[Values, tuple[int, ...], tuple[int, ...]]]:
    """The larger of the two, where that is x, and the shapes that backward sums back to."""
    return np.maximum(x, y), (x >= y, x.shape, y.shape)


def backward(dz: Values, cache: tuple[Values, tuple[int, ...], tuple[int, ...]]) -> tuple[Values, Values]:
    """dz to the one that was larger, zero to the other, each summed over the axes along which it was broadcast."""
    first, x_shape, y_shape = cache
    return unbroadcast(dz * first, x_shape), unbroadcast(dz * ~first, y_shape)


def reference(x: Any, y: Any) -> Any:
    """The definition by cases."""
    return namespace(x).where(x > y, x, y)


maximum = Op(
    "maximum",
    forward,
    backward,
    reference,
    inputs={"x": Array("*#S"), "y": Array("*#S")},
    outputs=("z",),
    kinks=lambda x, y: x - y,
    convention="first",
    formula="z = max(x, y)",
    source="CS231n lecture 4, max gate; broadcasting after the array API standard",
    aliases={"Caffe": "Eltwise", "Chainer": "maximum", "torch": "maximum", "JAX": "max maximum", "MyGrad": "maximum"},
)
