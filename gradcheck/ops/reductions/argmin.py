"""Place of the smallest element along one axis, the first on ties.

x: (*A, D, *B) → y: (*A, *B), or (*A, 1, *B) with keepdims; whole numbers from 0 to D - 1, in the dtype of x.  There is
no gradient: a place does not move with x, but jumps where elements tie.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank


def forward(x: Values, axis: int, keepdims: bool) -> tuple[Values, None]:
    """The places; backward needs nothing of them."""
    return np.argmin(x, axis=axis, keepdims=keepdims).astype(x.dtype), None


def backward(dy: Values, cache: None) -> tuple[None]:
    """No gradient."""
    return (None,)


def reference(x: Any, axis: int, keepdims: bool) -> Any:
    """The least of the places at which x equals its minimum."""
    xp = namespace(x)
    last = xp.moveaxis(x, axis, -1)
    places = xp.astype(xp.arange(x.shape[axis]), x.dtype)
    found = xp.where(last == xp.min(last, axis=-1, keepdims=True), places, x.shape[axis])
    y = xp.min(found, axis=-1)
    return xp.expand_dims(y, axis=axis) if keepdims else y


argmin = Op(
    "argmin",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B", constant())},
    settings={"axis": rank("A"), "keepdims": choice(False, True)},
    formula="y = the place of the smallest element over axis",
    source="array API standard, argmin",
    aliases={"torch": "argmin", "JAX": "argmin", "Chainer": "argmin"},
)
