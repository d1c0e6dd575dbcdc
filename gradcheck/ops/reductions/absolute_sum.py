"""Sum of absolute values over one axis: y = Σ_d |x_d|.  x: (*A, D, *B) → y: (*A, *B), or (*A, 1, *B) with keepdims.

Kinks where an element is zero; there its gradient is zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank
from gradcheck.ops.reductions.axes import restore_axis


def forward(x: Values, axis: int, keepdims: bool) -> tuple[Values, tuple[Values, int, bool]]:
    """The absolute values, added up."""
    return np.abs(x).sum(axis=axis, keepdims=keepdims), (x, axis, keepdims)


def backward(dy: Values, cache: tuple[Values, int, bool]) -> Values:
    """dx = dy sign(x)."""
    x, axis, keepdims = cache
    return restore_axis(dy, axis, keepdims) * np.sign(x)


def reference(x: Any, axis: int, keepdims: bool) -> Any:
    """The definition, |x| being the larger of x and -x."""
    xp = namespace(x)
    return xp.sum(xp.maximum(x, -x), axis=axis, keepdims=keepdims)


absolute_sum = Op(
    "absolute_sum",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A"), "keepdims": choice(False, True)},
    kinks=lambda x, axis, keepdims: x,
    convention="zero",
    formula="y = Σ |x| over axis",
    source="BLAS, asum; Caffe, ReductionLayer with ASUM",
    aliases={"Caffe": "Reduction"},
)
