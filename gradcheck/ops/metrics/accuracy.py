"""Accuracy: the share of labels whose score is among the top_k of its row, of labels that are not ignored.

scores: (N, C, *S), labels: (N, *S) whole numbers below C → y: (), of none 0.  A tie with the label's score counts
against it.  Counts are constant between jumps: there is no gradient.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant, indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole


def forward(scores: Values, labels: Values, top_k: int, ignore_label: int | None) -> tuple[Values, None]:
    """The number of labels with fewer than top_k other scores as high, divided by that of all."""
    valid = labels != (-1 if ignore_label is None else ignore_label)
    own = np.take_along_axis(scores, np.where(valid, labels, 0)[:, None], axis=1)
    correct = (scores >= own).sum(axis=1) <= top_k
    return np.asarray((correct & valid).sum() / max(valid.sum(), 1), scores.dtype), None


def backward(dy: Values, cache: None) -> tuple[None, None]:
    """No gradient."""
    return None, None


def reference(scores: Any, labels: Any, top_k: int, ignore_label: int | None) -> Any:
    """The definition, score by score."""
    xp = namespace(scores)
    rows = xp.moveaxis(scores, 1, -1)
    one_hot = xp.astype(labels[..., None] == xp.arange(scores.shape[1]), scores.dtype)
    own = xp.sum(one_hot * rows, axis=-1, keepdims=True)
    better = xp.sum((1 - one_hot) * xp.astype(rows >= own, scores.dtype), axis=-1)
    kept = xp.ones(labels.shape, dtype=scores.dtype)
    if ignore_label is not None:
        kept = xp.astype(labels != ignore_label, scores.dtype)
    count = xp.sum(kept)
    return xp.sum(kept * xp.astype(better < top_k, scores.dtype)) / xp.where(count > 0, count, 1)


accuracy = Op(
    "accuracy",
    forward,
    backward,
    reference,
    inputs={"scores": Array("N C *S", constant()), "labels": Array("N *S", indices("C"))},
    settings={"top_k": whole(1, "C"), "ignore_label": choice(None, 0)},
    formula="y = share of labels whose score is among the top_k",
    source="Caffe, AccuracyLayer",
    aliases={"Caffe": "Accuracy", "Chainer": "accuracy"},
)
