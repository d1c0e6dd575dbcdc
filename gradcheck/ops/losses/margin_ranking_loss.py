"""Ranking loss of pairs: loss = max(0, margin - y (x1 - x2)) of each element.

x1, x2: (*S), y: (*S), 1 where x1 should rank higher, else -1 → loss: (), or (*S) with reduction="none".  Kinks where
the margin is met exactly; there the gradient is zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses
from gradcheck.ops.losses.signs import signs


def lacking(x1: Values, x2: Values, y: Values, margin: float, reduction: str = "none") -> Values:
    """How far each pair lacks the margin."""
    return margin - y * (x1 - x2)


def forward(x1: Values, x2: Values, y: Values, margin: float, reduction: str) -> tuple[Values, Any]:
    """The loss, and y where the margin is lacking."""
    lack = np.asarray(lacking(x1, x2, y, margin))
    loss, divisor = reduce_losses(np.maximum(lack, 0), reduction)
    return loss, (y * (lack > 0), divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values, None]:
    """-y for x1 where the margin is lacking, y for x2."""
    active, divisor = cache
    dx2 = np.asarray(dloss / divisor * active)
    return -dx2, dx2, None


def reference(x1: Any, x2: Any, y: Any, margin: float, reduction: str) -> Any:
    """The definition."""
    return reduce_as_defined(namespace(x1).maximum(margin - y * (x1 - x2), 0 * x1), reduction)


margin_ranking_loss = Op(
    "margin_ranking_loss",
    forward,
    backward,
    reference,
    inputs={"x1": Array("*S"), "x2": Array("*S"), "y": Array("*S", signs())},
    outputs=("loss",),
    settings={"margin": choice(0.0, 0.5), "reduction": REDUCTIONS},
    kinks=lacking,
    convention="zero",
    formula="loss = max(0, margin - y (x1 - x2))",
    source="torch.nn.functional.margin_ranking_loss",
    aliases={"torch": "margin_ranking_loss", "MyGrad": "margin_ranking_loss"},
)
