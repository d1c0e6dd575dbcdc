"""Hinge of several labels: loss_n = Σ_k Σ_i max(0, 1 - x[n, labels[n, k]] + x[n, i]) / C, i over the classes not named.

x: (N, C), labels: (N, C) whole numbers below C; those from the first -1 on do not count, and one that comes twice
counts twice → loss: (), or (N,) with reduction="none".  Kinks where a margin is met exactly; there the gradient is
zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import Domain, map_to_whole_numbers
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def ended_indices() -> Domain:
    """Whole numbers from -1 up to but not including C, which have no gradient."""
    return Domain(
        "ended_indices",
        lambda points, names: map_to_whole_numbers(points) % (names["C"] + 1) - 1,
        gradient=False,
        names=frozenset({"C"}),
    )


def count_labels(labels: Values) -> Values:
    """How often each class is named before the first -1.  (N, C) → (N, C)."""
    named = np.cumprod(labels >= 0, axis=1)[:, :, None] == 1
    return (named & (labels[:, :, None] == np.arange(labels.shape[1]))).sum(axis=1)


def excesses(x: Values, labels: Values) -> Values:
    """How far each class is above the margin of each.  → (N, C of labels, C of others)."""
    return 1 - x[:, :, None] + x[:, None, :]


def count_pairs(labels: Values) -> Values:
    """How often each pair of a class that is named and one that is not counts.  → (N, C, C)."""
    counts = count_labels(labels)
    return counts[:, :, None] * (counts == 0)[:, None, :]


def forward(x: Values, labels: Values, reduction: str) -> tuple[Values, Any]:
    """The loss, and how often each violated margin counts."""
    above, pairs = excesses(x, labels), count_pairs(labels)
    counts = (pairs * (above > 0)).astype(x.dtype) / x.shape[1]
    loss, divisor = reduce_losses((counts * above).sum(axis=(1, 2)), reduction)
    return loss, (counts, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, None]:
    """The number of violated margins of each class as one not named, minus that as a label."""
    counts, divisor = cache
    return (dloss / divisor)[..., None] * (counts.sum(axis=1) - counts.sum(axis=2)), None


def reference(x: Any, labels: Any, reduction: str) -> Any:
    """The definition: which labels come before the first -1, which classes they name, and all pairs of the two."""
    xp, classes = namespace(x), x.shape[1]
    places = xp.arange(classes)
    ends = xp.sum((labels[:, None, :] < 0) & (places <= places[:, None]), axis=2, keepdims=True)
    named = xp.astype((labels[:, :, None] == places) & (ends == 0), x.dtype)
    others = xp.astype(xp.sum(named, axis=1) == 0, x.dtype)
    right = xp.sum(named * x[:, None, :], axis=2, keepdims=True)
    above = xp.sum(named, axis=2, keepdims=True) * xp.maximum(1 - right + x[:, None, :], 0 * named)
    return reduce_as_defined(xp.sum(above * others[:, None, :], axis=(1, 2)) / classes, reduction)


def kinks(x: Values, labels: Values, reduction: str) -> Values:
    """How far each class that is not named is above the margin of each label."""
    return np.where(count_pairs(labels) > 0, excesses(x, labels), np.inf)


multilabel_margin_loss = Op(
    "multilabel_margin_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C"), "labels": Array("N C", ended_indices())},
    outputs=("loss",),
    settings={"reduction": REDUCTIONS},
    kinks=kinks,
    convention="zero",
    formula="loss_n = Σ_k Σ_i max(0, 1 - x[n, labels[n, k]] + x[n, i]) / C, i over the classes not named",
    source="torch.nn.functional.multilabel_margin_loss",
    aliases={"torch": "multilabel_margin_loss"},
)
