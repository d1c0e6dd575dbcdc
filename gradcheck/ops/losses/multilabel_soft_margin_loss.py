"""Cross-entropy of the sigmoid averaged over classes: loss_n = -Σ_c w_c (y log σ(x) + (1 - y) log σ(-x)) / C.

x: (N, C), y: (N, C) of zeros and ones, any number of classes at once, weight w: (C,) → loss: (), or (N,) with
reduction="none".
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits, constant, positive
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def forward(x: Values, y: Values, weight: Values, reduction: str) -> tuple[Values, Any]:
    """The loss, and what backward needs: each score towards its label, which is negative where it is wrong."""
    signs = 2 * y - 1
    loss, divisor = reduce_losses((weight * np.logaddexp(0, -signs * x)).sum(axis=1) / x.shape[1], reduction)
    return loss, (signs * x, signs * weight / x.shape[1], divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, None, None]:
    """-w σ(-x) / C where y = 1, w σ(x) / C where y = 0."""
    towards, weight, divisor = cache
    return -(dloss / divisor)[..., None] * weight * np.exp(-np.logaddexp(0, towards)), None, None


def reference(x: Any, y: Any, weight: Any, reduction: str) -> Any:
    """The definition, with -log σ(x) = log(e^0 + e^-x)."""
    xp = namespace(x)
    losses = weight * (y * xp.logaddexp(0 * x, -x) + (1 - y) * xp.logaddexp(0 * x, x))
    return reduce_as_defined(xp.mean(losses, axis=1), reduction)


multilabel_soft_margin_loss = Op(
    "multilabel_soft_margin_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C"), "y": Array("N C", bits()), "weight": Array("C", constant(positive()))},
    outputs=("loss",),
    settings={"reduction": REDUCTIONS},
    formula="loss_n = -Σ_c w_c (y log σ(x) + (1 - y) log σ(-x)) / C",
    source="torch.nn.functional.multilabel_soft_margin_loss",
    aliases={"torch": "multilabel_soft_margin_loss"},
)
