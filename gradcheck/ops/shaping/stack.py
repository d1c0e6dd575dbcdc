"""Arrays of one shape, stacked along a new axis.  xs: each (*A, *B) → y: (*A, number of arrays, *B)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(*xs: Values, axis: int) -> tuple[Values, int]:
    """The arrays side by side."""
    return np.stack(xs, axis=axis), axis


def backward(dy: Values, axis: int) -> tuple[Values, ...]:
    """Each array takes back its own slice of the upstream."""
    return tuple(part.copy() for part in np.moveaxis(dy, axis, 0))


def reference(*xs: Any, axis: int) -> Any:
    """Each array with the new axis, then one behind the other along it."""
    xp = namespace(xs[0])
    return xp.concat([xp.reshape(x, (*x.shape[:axis], 1, *x.shape[axis:])) for x in xs], axis=axis)


stack = Op(
    "stack",
    forward,
    backward,
    reference,
    inputs={"xs": Several(Array("*A *B"))},
    settings={"axis": rank("A")},
    formula="y = xs[0], xs[1], … along a new axis",
    source="array API standard, stack",
    aliases={"torch": "stack", "JAX": "stack", "Chainer": "stack", "MyGrad": "stack"},
)
