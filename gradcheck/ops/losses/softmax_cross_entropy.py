"""Softmax and cross-entropy in one: loss = mean over n of log Σ_j e^logits[n, j] - logits[n, labels[n]].

logits: (N, C), labels: (N,) whole numbers below C → loss: ().  Of an empty batch: 0.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.activations.log_softmax import log_probabilities


def forward(logits: Values, labels: Values) -> tuple[Values, tuple[Values, Values]]:
    """The loss, and the log-probabilities that backward needs."""
    logs = log_probabilities(logits)
    picked = np.take_along_axis(logs, labels[:, None], axis=1)
    return np.asarray(-picked.sum() / max(len(logits), 1)), (logs, labels)


def backward(dloss: Values, cache: tuple[Values, Values]) -> tuple[Values, None]:
    """(p - one-hot) / N; at the label p - 1 = expm1(log p), which keeps its digits where p is near 1."""
    logs, labels = cache
    right = np.arange(logs.shape[1]) == labels[:, None]
    return dloss / max(len(logs), 1) * np.where(right, np.expm1(logs), np.exp(logs)), None


def reference(logits: Any, labels: Any) -> Any:
    """Minus the log of the probability of the label, averaged."""
    xp = namespace(logits)
    one_hot = xp.astype(labels[:, None] == xp.arange(logits.shape[1]), logits.dtype)
    return xp.mean(xp.log(xp.sum(xp.exp(logits), axis=1)) - xp.sum(one_hot * logits, axis=1))


softmax_cross_entropy = Op(
    "softmax_cross_entropy",
    forward,
    backward,
    reference,
    inputs={"logits": Array("N C"), "labels": Array("N", indices("C"))},
    outputs=("loss",),
    formula="loss = mean_n (log Σ_j e^logits[n, j] - logits[n, labels[n]])",
    source="CS231n notes, linear classification, softmax classifier",
    aliases={
        "CS231n": "softmax_loss",
        "Chainer": "softmax_cross_entropy",
        "thinc": "CategoricalCrossentropy",
        "MyGrad": "softmax_crossentropy",
    },
)
