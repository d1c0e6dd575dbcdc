"""Cross-entropy of the sigmoid of logits: loss = -w (π t log σ(x) + (1 - t) log(1 - σ(x))) of each element.

logits x: (N, *S, C), targets t: (N, *S, C) in [0, 1], weight w: (N, *S, C), pos_weight π: (C,) → loss: (), or
(N, *S, C) with reduction="none".  The stable form max(x, 0) - x t + log(1 + e^-|x|) has no derivative at 0 for
automatic differentiation, which takes sides in |x|.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant, positive, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def softplus(x: Values) -> Values:
    """log(1 + e^x), which is -log σ(-x), without overflow."""
    return np.asarray(np.logaddexp(0, x))


def forward(logits: Values, t: Values, weight: Values, pos_weight: Values, reduction: str) -> tuple[Values, Any]:
    """The loss, as a sum of positive terms, and what backward needs."""
    losses = weight * (pos_weight * t * softplus(-logits) + (1 - t) * softplus(logits))
    loss, divisor = reduce_losses(losses, reduction)
    return loss, (logits, t, weight, pos_weight, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values, None, None]:
    """w ((1 - t) σ(x) - π t σ(-x)) for the logits, w (π log(1 + e^-x) - log(1 + e^x)) for the targets."""
    logits, t, weight, pos_weight, divisor = cache
    each = dloss / divisor * weight
    on, off = softplus(-logits), softplus(logits)
    dlogits = each * ((1 - t) * np.exp(-on) - pos_weight * t * np.exp(-off))
    return dlogits, each * (pos_weight * on - off), None, None


def reference(logits: Any, t: Any, weight: Any, pos_weight: Any, reduction: str) -> Any:
    """The definition, with -log σ(x) = log(e^0 + e^-x)."""
    xp = namespace(logits)
    on, off = xp.logaddexp(0 * logits, -logits), xp.logaddexp(0 * logits, logits)
    return reduce_as_defined(weight * (pos_weight * t * on + (1 - t) * off), reduction)


binary_cross_entropy_with_logits = Op(
    "binary_cross_entropy_with_logits",
    forward,
    backward,
    reference,
    inputs={
        "logits": Array("N *S C"),
        "t": Array("N *S C", real(0, 1)),
        "weight": Array("N *S C", constant(positive())),
        "pos_weight": Array("C", constant(positive())),
    },
    outputs=("loss",),
    settings={"reduction": REDUCTIONS},
    formula="loss = -w (π t log σ(x) + (1 - t) log(1 - σ(x)))",
    source="torch.nn.functional.binary_cross_entropy_with_logits",
    aliases={"torch": "binary_cross_entropy_with_logits"},
)
