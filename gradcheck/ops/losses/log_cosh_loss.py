"""Logarithm of the hyperbolic cosine: loss = log cosh(x - t) of each element.  x, t: (*S) → loss: (), or (*S) with
reduction="none"."""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def log_cosh(r: Values) -> Values:
    """|r| + log(1 + e^-2|r|) - log 2 far out, log(1 + 2 sinh²(r/2)) near zero, where the first would cancel."""
    size = np.abs(r)
    near = np.log1p(2 * np.square(np.sinh(np.minimum(size, 1) / 2)))
    return np.where(size < 1, near, size + np.log1p(np.exp(-2 * size)) - math.log(2))


def forward(x: Values, t: Values, reduction: str) -> tuple[Values, Any]:
    """The loss, and the differences."""
    apart = x - t
    loss, divisor = reduce_losses(log_cosh(apart), reduction)
    return loss, (apart, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """tanh(x - t) for x, its negative for t."""
    apart, divisor = cache
    dx = np.asarray(dloss / divisor * np.tanh(apart))
    return dx, -dx


def reference(x: Any, t: Any, reduction: str) -> Any:
    """The definition, as log((e^r + e^-r) / 2)."""
    xp, r = namespace(x), x - t
    return reduce_as_defined(xp.logaddexp(r, -r) - xp.log(2 + 0 * r), reduction)


log_cosh_loss = Op(
    "log_cosh_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S"), "t": Array("*S")},
    outputs=("loss",),
    settings={"reduction": REDUCTIONS},
    formula="loss = log cosh(x - t)",
    source="definition, as keras.losses.LogCosh",
)
