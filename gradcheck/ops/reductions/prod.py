"""Product over one axis: y = Π_d x_d.  x: (*A, D, *B) → y: (*A, *B), or (*A, 1, *B) with keepdims.

The slope at one element is the product of all others.  It is not y / x: where an element is zero that is 0 / 0.
Factors are at most 4, since the product of many soon leaves the range of numbers.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank
from gradcheck.ops.reductions.axes import restore_axis


def multiply_before(x: Values, axis: int) -> Values:
    """The product of all elements before each one along the axis; of none, one."""
    before = np.delete(np.insert(x, 0, 1, axis=axis), -1, axis=axis)
    return np.cumprod(before, axis=axis)


def forward(x: Values, axis: int, keepdims: bool) -> tuple[Values, tuple[Values, int, bool]]:
    """The product, and its factors."""
    return x.prod(axis=axis, keepdims=keepdims), (x, axis, keepdims)


def backward(dy: Values, cache: tuple[Values, int, bool]) -> Values:
    """Each element takes the upstream times the elements before it and those behind it."""
    x, axis, keepdims = cache
    behind = np.flip(multiply_before(np.flip(x, axis), axis), axis)
    return restore_axis(dy, axis, keepdims) * multiply_before(x, axis) * behind


def reference(x: Any, axis: int, keepdims: bool) -> Any:
    """The definition."""
    return namespace(x).prod(x, axis=axis, keepdims=keepdims)


prod = Op(
    "prod",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B", real(4))},
    settings={"axis": rank("A"), "keepdims": choice(False, True)},
    formula="y = Π x over axis",
    source="array API standard, prod",
    aliases={"torch": "prod", "JAX": "prod reduce_prod", "Chainer": "prod", "MyGrad": "prod"},
)
