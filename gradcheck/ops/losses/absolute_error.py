"""Absolute error: loss = |x - t| of each element.  x, t: (*S) → loss: (), or (*S) with reduction="none".

Kinks where x = t; there the gradient is zero, as in torch.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def forward(x: Values, t: Values, reduction: str) -> tuple[Values, Any]:
    """The loss, with what backward needs: where x is above t, and where below."""
    loss, divisor = reduce_losses(np.abs(x - t), reduction)
    return loss, (x > t, x < t, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """The sign of x - t for x, its negative for t."""
    above, below, divisor = cache
    each = dloss / divisor
    dx = np.asarray(above * each - below * each)
    return dx, -dx


def reference(x: Any, t: Any, reduction: str) -> Any:
    """The definition by cases."""
    return reduce_as_defined(namespace(x).where(x < t, t - x, x - t), reduction)


absolute_error = Op(
    "absolute_error",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S"), "t": Array("*S")},
    outputs=("loss",),
    settings={"reduction": REDUCTIONS},
    kinks=lambda x, t, reduction: x - t,
    convention="zero",
    formula="loss = |x - t|",
    source="definition, as torch.nn.functional.l1_loss",
    aliases={"torch": "l1_loss", "Chainer": "mean_absolute_error absolute_error"},
)
