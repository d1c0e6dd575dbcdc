"""Each element of an axis, several times in a row.  x: (*A, D, *B) → y: (*A, D repeats, *B)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank, whole


def forward(x: Values, axis: int, repeats: int) -> tuple[Values, Any]:
    """The repeated elements."""
    return np.repeat(x, repeats, axis=axis), (x.shape, axis, repeats)


def backward(dy: Values, cache: Any) -> Values:
    """Each element gathers the upstream of all its copies."""
    shape, axis, repeats = cache
    return dy.reshape(*shape[: axis + 1], repeats, *shape[axis + 1 :]).sum(axis=axis + 1)


def reference(x: Any, axis: int, repeats: int) -> Any:
    """Element i of y is element ⌊i / repeats⌋ of x."""
    xp = namespace(x)
    return xp.take(x, xp.arange(repeats * x.shape[axis]) // repeats, axis=axis)


repeat = Op(
    "repeat",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A"), "repeats": whole(1, 3)},
    formula="y_i = x_⌊i / repeats⌋ along axis",
    source="array API standard, repeat",
    aliases={"torch": "repeat_interleave", "JAX": "repeat", "Chainer": "repeat", "MyGrad": "repeat"},
)
