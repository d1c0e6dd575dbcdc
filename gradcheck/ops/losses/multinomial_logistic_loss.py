"""Logarithmic loss of probabilities: loss = -Σ_n log p[n, labels[n]] / N.

p: (N, C), at least 0.05, labels: (N,) whole numbers below C → loss: ().  Of an empty batch: 0.  Caffe takes
probabilities below 1e-20 for that number.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.losses.log_likelihood import is_label, one_hot


def forward(p: Values, labels: Values) -> tuple[Values, Any]:
    """The loss, and what backward needs."""
    picked = np.take_along_axis(p, labels[:, None], axis=1)
    return np.asarray(-np.log(picked).sum() / max(len(p), 1)), (picked, is_label(labels, p.shape[1]), max(len(p), 1))


def backward(dloss: Values, cache: Any) -> tuple[Values, None]:
    """-1 / (N p) at the label, zero elsewhere."""
    picked, at_label, count = cache
    return -dloss / count / picked * at_label, None


def reference(p: Any, labels: Any) -> Any:
    """The definition."""
    xp = namespace(p)
    return -xp.sum(one_hot(labels, p.shape[1], p) * xp.log(p)) / p.shape[0]


multinomial_logistic_loss = Op(
    "multinomial_logistic_loss",
    forward,
    backward,
    reference,
    inputs={"p": Array("N C", real(0.05, 1)), "labels": Array("N", indices("C"))},
    outputs=("loss",),
    formula="loss = -Σ_n log p[n, labels[n]] / N",
    source="Caffe, MultinomialLogisticLossLayer",
    aliases={"Caffe": "MultinomialLogisticLoss"},
)
