"""Multiclass hinge of the support vector machine: loss = mean over n of Σ_{j ≠ y} max(0, s[n, j] - s[n, y] + Δ).

scores s: (N, C), labels y: (N,) whole numbers below C → loss: ().  Of an empty batch: 0.  Kinks where a margin is met
exactly; there the gradient is that of the met margin, zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op

DELTA = 1  # the margin; CS231n notes: it can safely be 1, since the scale of the weights trades off against it


def excesses(scores: Values, labels: Values) -> Values:
    """How far each other class is above the margin, (N, C); -Δ at the label itself."""
    right = np.take_along_axis(scores, labels[:, None], axis=1)
    at_label = np.arange(scores.shape[1]) == labels[:, None]
    return np.where(at_label, -DELTA, scores - right + DELTA)


def forward(scores: Values, labels: Values) -> tuple[Values, tuple[Values, Values]]:
    """The loss, and what backward needs: which margins are violated, and where the labels are."""
    above = excesses(scores, labels)
    violated, at_label = above > 0, np.arange(scores.shape[1]) == labels[:, None]
    return np.asarray(np.maximum(above, 0).sum() / max(len(scores), 1)), (violated, at_label)


def backward(dloss: Values, cache: tuple[Values, Values]) -> tuple[Values, None]:
    """1/N for each violated margin, and minus their number, over N, at the label."""
    violated, at_label = cache
    counts = violated - at_label * violated.sum(axis=1, keepdims=True)
    return dloss / max(len(counts), 1) * counts.astype(dloss.dtype), None


def reference(scores: Any, labels: Any) -> Any:
    """The definition: all classes count, then Δ, the label's own share, is taken off."""
    xp = namespace(scores)
    one_hot = xp.astype(labels[:, None] == xp.arange(scores.shape[1]), scores.dtype)
    right = xp.sum(one_hot * scores, axis=1, keepdims=True)
    return xp.mean(xp.sum((1 - one_hot) * xp.maximum(scores - right + DELTA, 0 * scores), axis=1))


svm_hinge = Op(
    "svm_hinge",
    forward,
    backward,
    reference,
    inputs={"scores": Array("N C"), "labels": Array("N", indices("C"))},
    outputs=("loss",),
    kinks=excesses,
    convention="zero",
    formula="loss = mean_n Σ_{j ≠ y} max(0, s[n, j] - s[n, y] + 1)",
    source="Weston and Watkins 1999; CS231n notes, linear classification",
    aliases={"CS231n": "svm_loss", "MyGrad": "multiclass_hinge"},
)
