"""Caffe's softmax with loss: loss = -Σ log p[n, labels[n]] / normalizer over the labels that are not ignored.

logits: (N, C, *S), labels: (N, *S) whole numbers below C → loss: ().  The normalizer is the number of labels that are
not ignored (VALID), of all labels (FULL), of images N (BATCH_SIZE), or 1 (NONE); 1 in place of 0.  Caffe's forward also
takes probabilities below 1.2e-38 for that number, which its backward disregards, as this op does.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
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
from gradcheck.ops.losses.normalization import NORMALIZATIONS, find_normalizer, normalize_as_defined


def forward(logits: Values, labels: Values, ignore_label: int | None, normalization: str) -> tuple[Values, Any]:
    """The loss, with the log-probabilities and the targets that backward needs."""
    logs = class_log_probabilities(logits)
    valid = labels != (-1 if ignore_label is None else ignore_label)
    targets = (is_label(labels, logits.shape[1]) & valid[..., None]).astype(logits.dtype)
    normalizer = find_normalizer(valid, normalization)
    return np.asarray(-(targets * logs).sum() / normalizer), (logs, targets, normalizer)


def backward(dloss: Values, cache: Any) -> tuple[Values, None]:
    """The gradient of the softmax, its classes moved back."""
    logs, targets, normalizer = cache
    return np.moveaxis(logit_gradients(dloss / normalizer, logs, targets), -1, 1), None


def reference(logits: Any, labels: Any, ignore_label: int | None, normalization: str) -> Any:
    """The definition."""
    xp = namespace(logits)
    logs = log_softmax_as_defined(xp.moveaxis(logits, 1, -1))
    losses = -xp.sum(one_hot(labels, logits.shape[1], logits) * logs, axis=-1)
    return normalize_as_defined(losses, labels, ignore_label, normalization)


softmax_with_loss = Op(
    "softmax_with_loss",
    forward,
    backward,
    reference,
    inputs={"logits": Array("N C *S"), "labels": Array("N *S", indices("C"))},
    outputs=("loss",),
    settings={"ignore_label": choice(None, 0), "normalization": NORMALIZATIONS},
    formula="loss = -Σ log p[n, labels[n]] / normalizer over the labels that are not ignored",
    source="Caffe, SoftmaxWithLossLayer",
    aliases={"Caffe": "SoftmaxWithLoss"},
)
