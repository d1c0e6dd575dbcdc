"""An array taken apart along one axis, which is gone in the parts.  x: (*A, 3, *B) → ys: each (*A, *B).

The axis is of length three, so that there are as many parts as outputs; forward takes any length.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(x: Values, axis: int) -> tuple[tuple[Values, ...], int]:
    """The slices along the axis."""
    return tuple(part.copy() for part in np.moveaxis(x, axis, 0)), axis


def backward(upstream: tuple[Values, ...], axis: int) -> Values:
    """The upstreams of the parts, stacked again."""
    return np.stack(upstream, axis=axis)


def reference(x: Any, axis: int) -> Any:
    """Each part by its index."""
    xp = namespace(x)
    last = xp.moveaxis(x, axis, -1)
    return tuple(last[..., i] for i in range(3))


unstack = Op(
    "unstack",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A 3 *B")},
    outputs=("first", "second", "third"),
    settings={"axis": rank("A")},
    formula="y_i = x[…, i, …] along axis",
    source="array API standard, unstack",
    aliases={"torch": "unbind", "JAX": "unstack", "Chainer": "separate"},
)
