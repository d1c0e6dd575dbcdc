"""Negative log-likelihood with class weights w: loss_n = -w_y x[n, y] with y = labels[n], zero for the ignored label.

log-probabilities x: (N, C, *S), labels: (N, *S) whole numbers, weight: (C,) → loss: (), or (N, *S) with
reduction="none".  The mean divides by the weights Σ w_y of the labels that are not ignored; of none it is 0, where
torch has NaN.
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
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_weighted_as_defined, reduce_weighted_losses


def forward(
    x: Values, labels: Values, weight: Values, ignore_index: int, reduction: str
) -> tuple[Values, tuple[Values, Any]]:
    """The loss, and the weight of each class where it is the label."""
    kept = is_label(labels, x.shape[1]) & (labels != ignore_index)[..., None]
    weights = np.moveaxis(weight * kept, -1, 1)
    loss, divisor = reduce_weighted_losses(-(weights * x).sum(axis=1), weights.sum(), reduction)
    return loss, (weights, divisor)


def backward(dloss: Values, cache: tuple[Values, Any]) -> tuple[Values, None, None]:
    """Minus the weight at the label, zero elsewhere."""
    weights, divisor = cache
    each = np.broadcast_to(dloss / divisor, (len(weights), *weights.shape[2:]))
    return -weights * each[:, None], None, None


def reference(x: Any, labels: Any, weight: Any, ignore_index: int, reduction: str) -> Any:
    """The definition."""
    xp = namespace(x)
    weights = one_hot(labels, x.shape[1], x) * weight * xp.astype(labels != ignore_index, x.dtype)[..., None]
    losses, whole = -xp.sum(weights * xp.moveaxis(x, 1, -1), axis=-1), xp.sum(weights)
    return reduce_weighted_as_defined(losses, whole, reduction)


nll_loss = Op(
    "nll_loss",
    forward,
    backward,
    reference,
    inputs={
        "x": Array("N C *S"),
        "labels": Array("N *S", indices("C")),
        "weight": Array("C", constant(positive())),
    },
    outputs=("loss",),
    settings={"ignore_index": choice(-100, 0), "reduction": REDUCTIONS},
    formula="loss_n = -w_y x[n, y], y = labels[n]; the mean divides by Σ w_y",
    source="torch.nn.functional.nll_loss",
    aliases={"torch": "nll_loss", "MyGrad": "negative_log_likelihood"},
)
