"""Variance over one axis: y = Σ_d (x_d - μ)² / (D - ddof).  x: (*A, D, *B) → y: (*A, *B), or (*A, 1, *B) with keepdims.

μ is the mean over the axis.  The mean is taken away before squaring: Σ x² / D - μ² cancels where μ is large.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank, whole
from gradcheck.ops.reductions.axes import restore_axis


def forward(x: Values, axis: int, ddof: int, keepdims: bool) -> tuple[Values, Any]:
    """The variance in two passes, and the deviations from the mean."""
    deviations = x - x.mean(axis=axis, keepdims=True)
    freedom = x.shape[axis] - ddof
    return np.square(deviations).sum(axis=axis, keepdims=keepdims) / freedom, (deviations, freedom, axis, keepdims)


def backward(dy: Values, cache: Any) -> Values:
    """dx = 2 (x - μ) dy / (D - ddof): the slope at the mean itself is -2 Σ (x - μ), which is zero."""
    deviations, freedom, axis, keepdims = cache
    return 2 * deviations * restore_axis(dy, axis, keepdims) / freedom


def reference(x: Any, axis: int, ddof: int, keepdims: bool) -> Any:
    """The definition."""
    xp = namespace(x)
    mean = xp.sum(x, axis=axis, keepdims=True) / x.shape[axis]
    return xp.sum((x - mean) ** 2, axis=axis, keepdims=keepdims) / (x.shape[axis] - ddof)


variance = Op(
    "variance",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A"), "ddof": whole(0, 2), "keepdims": choice(False, True)},
    sizes={"D": whole("ddof+1", None)},
    formula="y = Σ (x - μ)² / (D - ddof) over axis, μ the mean and D the length",
    source="array API standard, var, whose correction is ddof of numpy.var",
    aliases={"torch": "var", "JAX": "var", "MyGrad": "var"},
)
