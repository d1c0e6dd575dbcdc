"""Cross-entropy of a softmax with class weights w, label smoothing ε and a label that is ignored.

loss_n = -(1 - ε) w_y log p_ny - ε/C Σ_c w_c log p_nc with y = labels[n], zero for the ignored label.  logits:
(N, C, *S), labels: (N, *S) whole numbers, weight: (C,) → loss: (), or (N, *S) with reduction="none".  The mean divides
by the weights Σ w_y of the labels that are not ignored, not by their number; of none it is 0, where torch has NaN.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant, indices, positive
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.log_likelihood import (
    class_log_probabilities,
    is_label,
    log_softmax_as_defined,
    logit_gradients,
    one_hot,
)
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_weighted_as_defined, reduce_weighted_losses


def forward(
    logits: Values, labels: Values, weight: Values, ignore_index: int, label_smoothing: float, reduction: str
) -> tuple[Values, Any]:
    """The loss, with the log-probabilities and the weighted targets that backward needs."""
    logs = class_log_probabilities(logits)
    weight = weight * (labels != ignore_index)[..., None]
    at_label = weight * is_label(labels, logits.shape[1])
    targets = (1 - label_smoothing) * at_label + label_smoothing / logits.shape[1] * weight
    loss, divisor = reduce_weighted_losses(-(targets * logs).sum(axis=-1), at_label.sum(), reduction)
    return loss, (logs, targets, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, None, None]:
    """The gradient of the softmax, its classes moved back."""
    logs, targets, divisor = cache
    return np.moveaxis(logit_gradients(dloss / divisor, logs, targets), -1, 1), None, None


def reference(logits: Any, labels: Any, weight: Any, ignore_index: int, label_smoothing: float, reduction: str) -> Any:
    """The definition, the two sums apart."""
    xp = namespace(logits)
    logs = log_softmax_as_defined(xp.moveaxis(logits, 1, -1))
    weights = xp.sum(one_hot(labels, logits.shape[1], logits) * weight, axis=-1)
    picked = xp.sum(one_hot(labels, logits.shape[1], logits) * logs, axis=-1)
    smooth = xp.sum(weight * logs, axis=-1) / logits.shape[1]
    kept = xp.astype(labels != ignore_index, logits.dtype)
    losses = -kept * ((1 - label_smoothing) * weights * picked + label_smoothing * smooth)
    whole = xp.sum(kept * weights)
    return reduce_weighted_as_defined(losses, whole, reduction)


cross_entropy = Op(
    "cross_entropy",
    forward,
    backward,
    reference,
    inputs={
        "logits": Array("N C *S"),
        "labels": Array("N *S", indices("C")),
        "weight": Array("C", constant(positive())),
    },
    outputs=("loss",),
    settings={"ignore_index": choice(-100, 0), "label_smoothing": choice(0.0, 0.1), "reduction": REDUCTIONS},
    formula="loss_n = -(1 - ε) w_y log p_ny - ε/C Σ_c w_c log p_nc; the mean divides by Σ w_y",
    source="torch.nn.functional.cross_entropy; label smoothing of Szegedy et al. 2016",
    aliases={"torch": "cross_entropy"},
)
