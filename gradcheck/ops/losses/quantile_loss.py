"""Quantile loss, or pinball loss: loss = max(q e, (q - 1) e), e = t - x, of each element.

x, t: (*S) → loss: (), or (*S) with reduction="none".  It is least where a share q of the targets lies below x.  Kinks
where x = t; there the gradient is zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def forward(x: Values, t: Values, quantile: float, reduction: str) -> tuple[Values, Any]:
    """The loss, with where x is below the target, and where above."""
    loss, divisor = reduce_losses(np.maximum(quantile * (t - x), (1 - quantile) * (x - t)), reduction)
    return loss, (x < t, x > t, quantile, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """-q where x is below the target, 1 - q where above; its negative for the target."""
    below, above, quantile, divisor = cache
    each = dloss / divisor
    dx = np.asarray((1 - quantile) * each * above - quantile * each * below)
    return dx, -dx


def reference(x: Any, t: Any, quantile: float, reduction: str) -> Any:
    """The definition by cases."""
    return reduce_as_defined(namespace(x).where(x < t, quantile * (t - x), (1 - quantile) * (x - t)), reduction)


quantile_loss = Op(
    "quantile_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S"), "t": Array("*S")},
    outputs=("loss",),
    settings={"quantile": choice(0.5, 0.9, 0.1), "reduction": REDUCTIONS},
    kinks=lambda x, t, quantile, reduction: x - t,
    convention="zero",
    formula="loss = max(q e, (q - 1) e), e = t - x",
    source="Koenker and Bassett 1978, Regression quantiles",
)
