"""Huber's loss: r²/2 where |r| ≤ δ, δ (|r| - δ/2) beyond, r = x - t.  x, t: (*S) → loss: (), or (*S) with
reduction="none".  Its slope is continuous."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def forward(x: Values, t: Values, delta: float, reduction: str) -> tuple[Values, Any]:
    """The loss, and the slopes, which are the differences cut off at ±δ."""
    apart = x - t
    slopes = np.clip(apart, -delta, delta)
    loss, divisor = reduce_losses(slopes * (apart - slopes / 2), reduction)
    return loss, (slopes, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """r cut off at ±δ for x, its negative for t."""
    slopes, divisor = cache
    dx = np.asarray(dloss / divisor * slopes)
    return dx, -dx


def reference(x: Any, t: Any, delta: float, reduction: str) -> Any:
    """The definition by cases."""
    xp, r = namespace(x), x - t
    beyond = xp.where(r < 0, -delta * (r + delta / 2), delta * (r - delta / 2))
    return reduce_as_defined(xp.where((r >= -delta) & (r <= delta), r**2 / 2, beyond), reduction)


huber_loss = Op(
    "huber_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S"), "t": Array("*S")},
    outputs=("loss",),
    settings={"delta": choice(1.0, 0.5), "reduction": REDUCTIONS},
    formula="loss = r²/2 where |r| ≤ δ, δ (|r| - δ/2) beyond, r = x - t",
    source="Huber 1964, Robust estimation of a location parameter; as torch.nn.functional.huber_loss",
    aliases={"torch": "huber_loss", "Chainer": "huber_loss"},
)
