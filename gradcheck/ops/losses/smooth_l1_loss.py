"""Smooth absolute error: r²/2β where |r| < β, |r| - β/2 beyond, r = x - t.  x, t: (*S) → loss: (), or (*S) with
reduction="none".  β is above zero, and the slope continuous; it is Huber's loss divided by δ = β."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def forward(x: Values, t: Values, beta: float, reduction: str) -> tuple[Values, Any]:
    """The loss, and the slopes, which are r/β cut off at ±1."""
    apart = x - t
    slopes = np.clip(apart / beta, -1, 1)
    loss, divisor = reduce_losses(slopes * (apart - beta * slopes / 2), reduction)
    return loss, (slopes, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """r/β cut off at ±1 for x, its negative for t."""
    slopes, divisor = cache
    dx = np.asarray(dloss / divisor * slopes)
    return dx, -dx


def reference(x: Any, t: Any, beta: float, reduction: str) -> Any:
    """The definition by cases."""
    xp, r = namespace(x), x - t
    beyond = xp.where(r < 0, -r, r) - beta / 2
    return reduce_as_defined(xp.where((r > -beta) & (r < beta), r**2 / (2 * beta), beyond), reduction)


smooth_l1_loss = Op(
    "smooth_l1_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S"), "t": Array("*S")},
    outputs=("loss",),
    settings={"beta": choice(1.0, 0.5), "reduction": REDUCTIONS},
    formula="loss = r²/2β where |r| < β, |r| - β/2 beyond, r = x - t",
    source="Girshick 2015, Fast R-CNN, eq. 3; β as in torch.nn.functional.smooth_l1_loss",
    aliases={"torch": "smooth_l1_loss"},
)
