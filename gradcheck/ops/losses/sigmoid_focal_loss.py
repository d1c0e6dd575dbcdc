"""Focal loss of logits: loss = -α_t (1 - p_t)^γ log p_t, p_t the probability of the label, of each element.

logits x: (*S), y: (*S) of zeros and ones → loss: (), or (*S) with reduction="none".  p_t is σ(x) where y = 1 and σ(-x)
elsewhere; α_t is alpha where y = 1 and 1 - alpha elsewhere, or 1 for alpha=None.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def forward(x: Values, y: Values, alpha: float | None, gamma: float, reduction: str) -> tuple[Values, Any]:
    """The loss, with each logit towards its label and the weight of the label, signed as the label is."""
    signs = 2 * y - 1
    weight = signs if alpha is None else alpha * y - (1 - alpha) * (1 - y)
    towards = signs * x
    wrong, right = np.logaddexp(0, towards), np.logaddexp(0, -towards)
    loss, divisor = reduce_losses(np.abs(weight) * np.exp(-gamma * wrong) * right, reduction)
    return loss, (towards, weight, gamma, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, None]:
    """-α_t (1 - p_t)^γ (1 - p_t - γ p_t log p_t), with the sign of the label; all but the sign is positive."""
    towards, weight, gamma, divisor = cache
    wrong, right = np.logaddexp(0, towards), np.logaddexp(0, -towards)
    slopes = np.exp(-gamma * wrong) * (np.exp(-wrong) + gamma * np.exp(-right) * right)
    return np.asarray(-dloss / divisor * weight * slopes), None


def reference(x: Any, y: Any, alpha: float | None, gamma: float, reduction: str) -> Any:
    """The definition, by log σ(x) = -log(e^0 + e^-x)."""
    xp = namespace(x)
    log_on, log_off = -xp.logaddexp(0 * x, -x), -xp.logaddexp(0 * x, x)
    log_right, log_wrong = y * log_on + (1 - y) * log_off, y * log_off + (1 - y) * log_on
    losses = -xp.exp(gamma * log_wrong) * log_right
    return reduce_as_defined(losses if alpha is None else (alpha * y + (1 - alpha) * (1 - y)) * losses, reduction)


sigmoid_focal_loss = Op(
    "sigmoid_focal_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S"), "y": Array("*S", bits())},
    outputs=("loss",),
    settings={"alpha": choice(0.25, None), "gamma": choice(2.0, 0.0, 0.5), "reduction": REDUCTIONS},
    formula="loss = -α_t (1 - p_t)^γ log p_t",
    source="Lin et al. 2017, eq. 5; as torchvision.ops.sigmoid_focal_loss",
)
