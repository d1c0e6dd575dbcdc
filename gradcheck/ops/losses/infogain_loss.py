"""Information gain loss: loss = -Σ_n Σ_c infogain[labels[n], c] log p_nc / normalizer, p the softmax of the logits.

logits: (N, C, *S), labels: (N, *S) whole numbers below C, infogain: (C, C) → loss: ().  With the identity it is the
softmax with loss; the normalizer is the same, the number of labels that are not ignored (VALID), of all labels (FULL),
of images N (BATCH_SIZE), or 1 (NONE).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant, indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.log_likelihood import (
    class_log_probabilities,
    log_softmax_as_defined,
    logit_gradients,
    one_hot,
)
from gradcheck.ops.losses.normalization import NORMALIZATIONS, find_normalizer, normalize_as_defined


def forward(
    logits: Values, labels: Values, infogain: Values, ignore_label: int | None, normalization: str
) -> tuple[Values, Any]:
    """The loss, with the log-probabilities and the row of the matrix that belongs to each label."""
    logs = class_log_probabilities(logits)
    valid = labels != (-1 if ignore_label is None else ignore_label)
    targets = infogain[np.where(valid, labels, 0)] * valid[..., None]
    normalizer = find_normalizer(valid, normalization)
    return np.asarray(-(targets * logs).sum() / normalizer), (logs, targets, normalizer)


def backward(dloss: Values, cache: Any) -> tuple[Values, None, None]:
    """The gradient of the softmax, its classes moved back."""
    logs, targets, normalizer = cache
    return np.moveaxis(logit_gradients(dloss / normalizer, logs, targets), -1, 1), None, None


def reference(logits: Any, labels: Any, infogain: Any, ignore_label: int | None, normalization: str) -> Any:
    """The definition."""
    xp = namespace(logits)
    logs = log_softmax_as_defined(xp.moveaxis(logits, 1, -1))
    losses = -xp.sum((one_hot(labels, logits.shape[1], logits) @ infogain) * logs, axis=-1)
    return normalize_as_defined(losses, labels, ignore_label, normalization)


infogain_loss = Op(
    "infogain_loss",
    forward,
    backward,
    reference,
    inputs={
        "logits": Array("N C *S"),
        "labels": Array("N *S", indices("C")),
        "infogain": Array("C C", constant()),
    },
    outputs=("loss",),
    settings={"ignore_label": choice(None, 0), "normalization": NORMALIZATIONS},
    formula="loss = -Σ_n Σ_c infogain[labels[n], c] log p_nc / normalizer",
    source="Caffe, InfogainLossLayer",
    aliases={"Caffe": "InfogainLoss"},
)
