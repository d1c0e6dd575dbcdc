"""Hinge loss of distances: loss = x where y = 1, max(0, margin - x) where y = -1, of each element.

x: (*S), y: (*S) of 1 and -1 → loss: (), or (*S) with reduction="none".  Kinks where y = -1 and the margin is met
exactly; there the gradient is zero.
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


def forward(x: Values, y: Values, margin: float, reduction: str) -> tuple[Values, Any]:
    """The loss, with where it rises with the distance, and where it falls."""
    loss, divisor = reduce_losses(np.where(y > 0, x, np.maximum(margin - x, 0)), reduction)
    return loss, (y > 0, (y < 0) & (x < margin), divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, None]:
    """1 where y = 1, -1 where y = -1 and x is below the margin."""
    rises, falls, divisor = cache
    each = dloss / divisor
    return np.asarray(each * rises - each * falls), None


def reference(x: Any, y: Any, margin: float, reduction: str) -> Any:
    """The definition, the two cases added."""
    losses = (1 + y) / 2 * x + (1 - y) / 2 * namespace(x).maximum(margin - x, 0 * x)
    return reduce_as_defined(losses, reduction)


hinge_embedding_loss = Op(
    "hinge_embedding_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S"), "y": Array("*S", signs())},
    outputs=("loss",),
    settings={"margin": choice(1.0, 0.5), "reduction": REDUCTIONS},
    kinks=lambda x, y, margin, reduction: np.where(y < 0, x - margin, np.inf),
    convention="zero",
    formula="loss = x where y = 1, max(0, margin - x) where y = -1",
    source="torch.nn.functional.hinge_embedding_loss",
    aliases={"torch": "hinge_embedding_loss"},
)
