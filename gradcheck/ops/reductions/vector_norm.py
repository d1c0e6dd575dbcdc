"""Norm of the vectors along one axis: y = (Σ_d |x_d|^ord)^(1/ord), and max_d |x_d| for ord = ∞.

x: (*A, D, *B) → y: (*A, *B), or (*A, 1, *B) with keepdims.  The largest element is taken out before the powers, which
would overflow.  Kinks at the vector of zeros, for ord = 1 at each zero, and for ord = ∞ where the largest tie.  There
the gradient is zero, and of elements that tie the first takes all.
"""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank
from gradcheck.ops.reductions.axes import drop_axis, pick, restore_axis, route


def forward(x: Values, ord: float, axis: int, keepdims: bool) -> tuple[Values, Any]:
    """The largest element times the norm of the vector divided by it."""
    sizes = np.abs(x)
    y = sizes.max(axis=axis, keepdims=True)
    if ord != math.inf:
        scale = np.where(y > 0, y, 1)
        y = scale * ((sizes / scale) ** ord).sum(axis=axis, keepdims=True) ** (1 / ord)
    return drop_axis(y.copy(), axis, keepdims), (x, y, ord, axis, keepdims)


def backward(dy: Values, cache: Any) -> Values:
    """dx = dy sign(x) (|x| / y)^(ord - 1), for ord = ∞ at the first of the largest alone."""
    x, y, ord, axis, keepdims = cache
    if ord == math.inf:
        first = np.argmax(np.abs(x), axis=axis, keepdims=True)
        return route(dy * np.sign(pick(x, first, axis, keepdims)), first, x.shape, axis, keepdims)
    shares = np.divide(np.abs(x), y, out=np.zeros_like(x), where=y > 0)
    return restore_axis(dy, axis, keepdims) * np.sign(x) * shares ** (ord - 1)


def reference(x: Any, ord: float, axis: int, keepdims: bool) -> Any:
    """The definition for each ord; roots beyond the second by the logarithm."""
    xp = namespace(x)
    sizes = xp.maximum(x, -x)
    if ord == math.inf:
        return xp.max(sizes, axis=axis, keepdims=keepdims)
    powers = xp.sum(sizes**ord, axis=axis, keepdims=keepdims)
    return powers if ord == 1 else xp.sqrt(powers) if ord == 2 else xp.exp(xp.log(powers) / ord)


def kinks(x: Values, ord: float, axis: int, keepdims: bool) -> Values:
    """How far each element is from zero for ord = 1, the largest for others; for ord = ∞ also from the next."""
    if ord == 1:
        return x
    ordered = np.moveaxis(np.sort(np.abs(x), axis=axis), axis, -1)
    largest = ordered[..., -1:]
    return np.concatenate([largest, np.diff(ordered[..., -2:], axis=-1)], axis=-1) if ord == math.inf else largest


vector_norm = Op(
    "vector_norm",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"ord": choice(2, 1, 3, math.inf), "axis": rank("A"), "keepdims": choice(False, True)},
    kinks=kinks,
    formula="y = (Σ |x|^ord)^(1/ord) over axis, max |x| for ord = ∞",
    source="array API standard, linalg.vector_norm",
    aliases={"torch": "linalg.vector_norm norm", "JAX": "linalg.norm linalg.vector_norm", "MyGrad": "linalg.norm"},
)
