"""Minimum over one axis: y = min_d x_d.  x: (*A, D, *B) → y: (*A, *B), or (*A, 1, *B) with keepdims."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank
from gradcheck.ops.reductions.axes import pick, route


def forward(x: Values, axis: int, keepdims: bool) -> tuple[Values, Any]:
    """The smallest elements, and where each first occurs."""
    first = np.argmin(x, axis=axis, keepdims=True)
    return pick(x, first, axis, keepdims), (first, x.shape, axis, keepdims)


def backward(dy: Values, cache: Any) -> Values:
    """The upstream goes to the smallest element, the first on ties, and to no other."""
    first, shape, axis, keepdims = cache
    return route(dy, first, shape, axis, keepdims)


def reference(x: Any, axis: int, keepdims: bool) -> Any:
    """The definition."""
    return namespace(x).min(x, axis=axis, keepdims=keepdims)


def kinks(x: Values, axis: int, keepdims: bool) -> Values:
    """How far the smallest element is below the next; nothing where there is no next.  → (*A, *B, 0 or 1)."""
    return np.diff(np.moveaxis(np.sort(x, axis=axis), axis, -1)[..., :2], axis=-1)


min = Op(
    "min",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A"), "keepdims": choice(False, True)},
    kinks=kinks,
    convention="first",
    formula="y = min x over axis",
    source="array API standard, min",
    aliases={"torch": "amin min", "JAX": "min amin reduce_min", "Chainer": "min", "MyGrad": "min amin"},
)
