"""Choice by a condition: z = x where it holds, y elsewhere, broadcast.

condition: (*#S) of bool, x: (*#S), y: (*#S) → z: (*S).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import booleans
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(condition: Values, x: Values, y: Values) -> tuple[Values, tuple[Values, tuple[int, ...], tuple[int, ...]]]:
    """The chosen elements, the condition, and the shapes that backward sums back to."""
    return np.where(condition, x, y), (condition, x.shape, y.shape)


def backward(dz: Values, cache: tuple[Values, tuple[int, ...], tuple[int, ...]]) -> tuple[None, Values, Values]:
    """dz to the one that was chosen, zero to the other, each summed over the axes along which it was broadcast."""
    condition, x_shape, y_shape = cache
    return None, unbroadcast(dz * condition, x_shape), unbroadcast(dz * ~condition, y_shape)


def reference(condition: Any, x: Any, y: Any) -> Any:
    """The sum of both, of which one counts nothing."""
    c = namespace(x).astype(condition, x.dtype)
    return c * x + (1 - c) * y


where = Op(
    "where",
    forward,
    backward,
    reference,
    inputs={"condition": Array("*#S", booleans()), "x": Array("*#S"), "y": Array("*#S")},
    outputs=("z",),
    formula="z = x where condition, else y",
    source="array API standard, where",
    aliases={"Chainer": "where", "torch": "where", "JAX": "where select_n", "MyGrad": "where"},
)
