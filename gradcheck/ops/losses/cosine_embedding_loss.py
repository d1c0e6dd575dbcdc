"""Cosine loss of pairs: loss_n = 1 - cos where y = 1, max(0, cos - margin) where y = -1.

x1, x2: (N, D), y: (N,) of 1 and -1 → loss: (), or (N,) with reduction="none".  cos = x1·x2 / √((‖x1‖² + ε) (‖x2‖² + ε))
with ε = 1e-12, as in torch.  Kinks where y = -1 and cos is the margin; there the gradient is zero.
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

EPSILON = 1e-12  # torch, aten/src/ATen/native/Loss.cpp


def lengths(x: Values) -> Values:
    """The length of each row, above zero.  (N, D) → (N, 1)."""
    return np.asarray(np.sqrt(np.square(x).sum(axis=1, keepdims=True) + EPSILON))


def cosines(x1: Values, x2: Values) -> Values:
    """The cosine of each pair of rows, (N,)."""
    return np.asarray((x1 / lengths(x1) * (x2 / lengths(x2))).sum(axis=1))


def forward(x1: Values, x2: Values, y: Values, margin: float, reduction: str) -> tuple[Values, Any]:
    """The loss, and what backward needs: the rows divided by their lengths, these, and the slope of each loss."""
    cos = cosines(x1, x2)
    loss, divisor = reduce_losses(np.where(y > 0, 1 - cos, np.maximum(cos - margin, 0)), reduction)
    slopes = np.where((y > 0) | (cos > margin), -y, 0)[:, None]
    return loss, (x1 / lengths(x1), x2 / lengths(x2), lengths(x1), lengths(x2), slopes, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values, None]:
    """dcos (u2 - cos u1) / ‖x1‖ and dcos (u1 - cos u2) / ‖x2‖, u = x / ‖x‖."""
    u1, u2, n1, n2, slopes, divisor = cache
    dcos = (dloss / divisor)[..., None] * slopes
    cos = (u1 * u2).sum(axis=1, keepdims=True)
    return dcos * (u2 - cos * u1) / n1, dcos * (u1 - cos * u2) / n2, None


def reference(x1: Any, x2: Any, y: Any, margin: float, reduction: str) -> Any:
    """The definition, the two cases added."""
    xp = namespace(x1)
    squares = (xp.sum(x1**2, axis=1) + EPSILON) * (xp.sum(x2**2, axis=1) + EPSILON)
    cos = xp.sum(x1 * x2, axis=1) / xp.sqrt(squares)
    losses = (1 + y) / 2 * (1 - cos) + (1 - y) / 2 * xp.maximum(cos - margin, 0 * cos)
    return reduce_as_defined(losses, reduction)


cosine_embedding_loss = Op(
    "cosine_embedding_loss",
    forward,
    backward,
    reference,
    inputs={"x1": Array("N D"), "x2": Array("N D"), "y": Array("N", signs())},
    outputs=("loss",),
    settings={"margin": choice(0.0, 0.5), "reduction": REDUCTIONS},
    kinks=lambda x1, x2, y, margin, reduction: np.where(y < 0, cosines(x1, x2) - margin, np.inf),
    convention="zero",
    formula="loss_n = 1 - cos where y = 1, max(0, cos - margin) where y = -1",
    source="torch.nn.functional.cosine_embedding_loss",
    aliases={"torch": "cosine_embedding_loss"},
)
