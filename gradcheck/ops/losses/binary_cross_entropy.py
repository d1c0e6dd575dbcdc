"""Cross-entropy of probabilities of two classes: loss = -w (t log p + (1 - t) log(1 - p)) of each element.

p: (*S) strictly between 0 and 1, targets t: (*S) in [0, 1], weight w: (*S) → loss: (), or (*S) with reduction="none".
At p = 0 and p = 1 the loss is infinite; torch takes logarithms below -100 for -100 there.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant, positive, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def forward(p: Values, t: Values, weight: Values, reduction: str) -> tuple[Values, Any]:
    """The loss, and the inputs with the number that it was divided by."""
    losses = -weight * (t * np.log(p) + (1 - t) * np.log1p(-p))
    loss, divisor = reduce_losses(losses, reduction)
    return loss, (p, t, weight, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values, None]:
    """w (p - t) / (p (1 - p)) for p, w log((1 - p) / p) for the targets."""
    p, t, weight, divisor = cache
    each = dloss / divisor * weight
    return each * (p - t) / (p * (1 - p)), each * (np.log1p(-p) - np.log(p)), None


def reference(p: Any, t: Any, weight: Any, reduction: str) -> Any:
    """The definition."""
    xp = namespace(p)
    return reduce_as_defined(-weight * (t * xp.log(p) + (1 - t) * xp.log(1 - p)), reduction)


binary_cross_entropy = Op(
    "binary_cross_entropy",
    forward,
    backward,
    reference,
    inputs={
        "p": Array("*S", real(0.015625, 0.984375)),
        "t": Array("*S", real(0, 1)),
        "weight": Array("*S", constant(positive())),
    },
    outputs=("loss",),
    settings={"reduction": REDUCTIONS},
    formula="loss = -w (t log p + (1 - t) log(1 - p))",
    source="definition, as torch.nn.functional.binary_cross_entropy",
    aliases={"torch": "binary_cross_entropy"},
)
