"""Logistic loss of two classes: loss = log(1 + e^(-y x)) of each element.  x: (*S), y: (*S) of 1 and -1 → loss: (), or
(*S) with reduction="none"."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses
from gradcheck.ops.losses.signs import signs


def forward(x: Values, y: Values, reduction: str) -> tuple[Values, Any]:
    """The loss, without overflow, and the inputs."""
    loss, divisor = reduce_losses(np.logaddexp(0, -y * x), reduction)
    return loss, (x, y, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, None]:
    """-y σ(-y x), the sigmoid as e^-log(1 + e^(y x))."""
    x, y, divisor = cache
    return np.asarray(dloss / divisor * -y * np.exp(-np.logaddexp(0, y * x))), None


def reference(x: Any, y: Any, reduction: str) -> Any:
    """The definition, as log(e^0 + e^(-y x))."""
    return reduce_as_defined(namespace(x).logaddexp(0 * x, -y * x), reduction)


soft_margin_loss = Op(
    "soft_margin_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S"), "y": Array("*S", signs())},
    outputs=("loss",),
    settings={"reduction": REDUCTIONS},
    formula="loss = log(1 + e^(-y x))",
    source="torch.nn.functional.soft_margin_loss",
    aliases={"torch": "soft_margin_loss"},
)
