"""Logarithm of a mean of exponentials: y = log (Σ_d e^x_d / D).

x: (*A, D, *B) → y: (*A, *B), or (*A, 1, *B) with keepdims.  The largest element is taken out before the exponential,
which would overflow; of a mean near one, log1p keeps the digits.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank
from gradcheck.ops.reductions.axes import drop_axis, restore_axis


def forward(x: Values, axis: int, keepdims: bool) -> tuple[Values, tuple[Values, int, bool]]:
    """The logarithm of the mean, and the share of each element in it."""
    largest = x.max(axis=axis, keepdims=True)
    exponentials = np.exp(x - largest)
    mean, less = (values.mean(axis=axis, keepdims=True) for values in (exponentials, np.expm1(x - largest)))
    y = largest + np.where(mean > 0.5, np.log1p(less), np.log(mean))
    return drop_axis(y, axis, keepdims), (exponentials / mean / x.shape[axis], axis, keepdims)


def backward(dy: Values, cache: tuple[Values, int, bool]) -> Values:
    """Each element takes its share of the upstream, the softmax of x."""
    shares, axis, keepdims = cache
    return restore_axis(dy, axis, keepdims) * shares


def reference(x: Any, axis: int, keepdims: bool) -> Any:
    """The definition."""
    xp = namespace(x)
    return xp.log(xp.mean(xp.exp(x), axis=axis, keepdims=keepdims))


log_mean_exp = Op(
    "log_mean_exp",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A"), "keepdims": choice(False, True)},
    formula="y = log (Σ e^x / D) over axis, D its length",
    source="definition, as jax.nn.logmeanexp",
    aliases={"JAX": "logmeanexp"},
)
