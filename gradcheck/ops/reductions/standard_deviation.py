"""Standard deviation over one axis: y = √(Σ_d (x_d - μ)² / (D - ddof)), μ the mean over the axis.

x: (*A, D, *B) → y: (*A, *B), or (*A, 1, *B) with keepdims.  Kinks where all elements are equal: there the gradient is
zero, and not 0 / 0.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank, whole
from gradcheck.ops.reductions.axes import drop_axis, restore_axis


def forward(x: Values, axis: int, ddof: int, keepdims: bool) -> tuple[Values, Any]:
    """The root of the variance, and the deviations from the mean in units of it."""
    deviations = x - x.mean(axis=axis, keepdims=True)
    freedom = x.shape[axis] - ddof
    y = np.sqrt(np.square(deviations).sum(axis=axis, keepdims=True) / freedom)
    units = np.divide(deviations, y, out=np.zeros_like(deviations), where=y > 0)
    return drop_axis(y, axis, keepdims), (units, freedom, axis, keepdims)


def backward(dy: Values, cache: Any) -> Values:
    """dx = (x - μ) dy / ((D - ddof) y), zero where y is zero."""
    units, freedom, axis, keepdims = cache
    return units * restore_axis(dy, axis, keepdims) / freedom


def reference(x: Any, axis: int, ddof: int, keepdims: bool) -> Any:
    """The definition."""
    xp = namespace(x)
    mean = xp.sum(x, axis=axis, keepdims=True) / x.shape[axis]
    return xp.sqrt(xp.sum((x - mean) ** 2, axis=axis, keepdims=keepdims) / (x.shape[axis] - ddof))


def kinks(x: Values, axis: int, ddof: int, keepdims: bool) -> Values:
    """How far the largest element is above the smallest."""
    return np.ptp(x, axis=axis)


standard_deviation = Op(
    "standard_deviation",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A"), "ddof": whole(0, 1), "keepdims": choice(False, True)},
    sizes={"D": whole(2, None)},
    kinks=kinks,
    convention="zero",
    formula="y = √(Σ (x - μ)² / (D - ddof)) over axis, μ the mean and D the length",
    source="array API standard, std, whose correction is ddof of numpy.std",
    aliases={"torch": "std", "JAX": "std", "MyGrad": "std"},
)
