"""Multiclass hinge to a power: loss_n = w_y Σ_{j ≠ y} max(0, margin - x[n, y] + x[n, j])^p / C with y = labels[n].

x: (N, C), labels: (N,) whole numbers below C, weight: (C,) → loss: (), or (N,) with reduction="none".  The mean divides
by N, not by the weights.  For p = 1, kinks where a margin is met exactly; there the gradient is zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant, indices, positive
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.log_likelihood import is_label, one_hot
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def excesses(x: Values, labels: Values, margin: float) -> Values:
    """How far each other class is above the margin, (N, C); -margin at the label itself."""
    right = np.take_along_axis(x, labels[:, None], axis=1)
    return np.where(is_label(labels, x.shape[1]), -margin, margin - right + x)


def forward(x: Values, labels: Values, weight: Values, p: int, margin: float, reduction: str) -> tuple[Values, Any]:
    """The loss, and what backward needs: the slope of each violated margin, and where the labels are."""
    above, scale = np.maximum(excesses(x, labels, margin), 0).astype(x.dtype), weight[labels] / x.shape[1]
    loss, divisor = reduce_losses(scale * (above**p).sum(axis=1), reduction)
    slopes = scale[:, None] * ((above > 0) if p == 1 else 2 * above)
    return loss, (slopes, is_label(labels, x.shape[1]), divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, None, None]:
    """The slope of each violated margin, and minus their sum at the label."""
    slopes, at_label, divisor = cache
    each = (dloss / divisor)[..., None]
    return each * (slopes - at_label * slopes.sum(axis=1, keepdims=True)), None, None


def reference(x: Any, labels: Any, weight: Any, p: int, margin: float, reduction: str) -> Any:
    """The definition: all classes count, then the label's own share is taken off."""
    xp, at_label = namespace(x), one_hot(labels, x.shape[1], x)
    right = xp.sum(at_label * x, axis=1, keepdims=True)
    above = (1 - at_label) * xp.maximum(margin - right + x, 0 * x)
    losses = xp.sum(at_label * weight, axis=1) * xp.sum(above**p, axis=1) / x.shape[1]
    return reduce_as_defined(losses, reduction)


def kinks(x: Values, labels: Values, weight: Values, p: int, margin: float, reduction: str) -> Values:
    """How far each other class is above the margin; for p = 2 there is no kink."""
    above = excesses(x, labels, margin)
    return above if p == 1 else np.full(above.shape, np.inf)


multi_margin_loss = Op(
    "multi_margin_loss",
    forward,
    backward,
    reference,
    inputs={
        "x": Array("N C"),
        "labels": Array("N", indices("C")),
        "weight": Array("C", constant(positive())),
    },
    outputs=("loss",),
    settings={"p": choice(1, 2), "margin": choice(1.0, 0.5), "reduction": REDUCTIONS},
    kinks=kinks,
    convention="zero",
    formula="loss_n = w_y Σ_{j ≠ y} max(0, margin - x[n, y] + x[n, j])^p / C, y = labels[n]",
    source="torch.nn.functional.multi_margin_loss",
    aliases={"torch": "multi_margin_loss"},
)
