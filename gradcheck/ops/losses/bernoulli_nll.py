"""Negative log-likelihood of bits x under logits y: loss = log(1 + e^y) - x y of each element.

x: (*S) in [0, 1], y: (*S) → loss: (), or (*S) with reduction="none".  Both have a gradient.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def forward(x: Values, y: Values, reduction: str) -> tuple[Values, Any]:
    """The loss, as a sum of positive terms, and the inputs."""
    losses = x * np.logaddexp(0, -y) + (1 - x) * np.logaddexp(0, y)
    loss, divisor = reduce_losses(losses, reduction)
    return loss, (x, y, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """-y for the bits, σ(y) - x for the logits as (1 - x) σ(y) - x σ(-y), so that nothing cancels."""
    x, y, divisor = cache
    each = dloss / divisor
    slopes = (1 - x) * np.exp(-np.logaddexp(0, -y)) - x * np.exp(-np.logaddexp(0, y))
    return np.asarray(-each * y), np.asarray(each * slopes)


def reference(x: Any, y: Any, reduction: str) -> Any:
    """The definition, with log(e^0 + e^y)."""
    return reduce_as_defined(namespace(x).logaddexp(0 * y, y) - x * y, reduction)


bernoulli_nll = Op(
    "bernoulli_nll",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S", real(0, 1)), "y": Array("*S")},
    outputs=("loss",),
    settings={"reduction": REDUCTIONS},
    formula="loss = log(1 + e^y) - x y",
    source="Chainer, functions.bernoulli_nll",
    aliases={"Chainer": "bernoulli_nll"},
)
