"""Hinge loss of each class against the rest: loss = Σ_n Σ_c max(0, 1 - s_nc x_nc)^p / N, s = 1 at the label, else -1.

scores x: (N, C), labels: (N,) whole numbers below C → loss: ().  p is 1 or 2, as the norm says; of an empty batch: 0.
Of norm L1, kinks where a margin is met exactly; there the gradient is zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.log_likelihood import is_label, one_hot


def margins(x: Values, at_label: Values) -> Values:
    """How far each score lacks its margin, (N, C)."""
    return np.where(at_label, 1 - x, 1 + x)


def forward(x: Values, labels: Values, norm: str) -> tuple[Values, Any]:
    """The loss, and what backward needs: what the scores lack, and where the labels are."""
    at_label, count = is_label(labels, x.shape[1]), max(len(x), 1)
    lacking = np.maximum(margins(x, at_label), 0)
    loss = lacking.sum() if norm == "L1" else np.square(lacking).sum()
    slopes = (lacking > 0).astype(x.dtype) if norm == "L1" else 2 * lacking
    return np.asarray(loss / count), (np.where(at_label, -slopes, slopes), count)


def backward(dloss: Values, cache: Any) -> tuple[Values, None]:
    """The slope of each score that lacks its margin, downwards at the label."""
    slopes, count = cache
    return dloss / count * slopes, None


def reference(x: Any, labels: Any, norm: str) -> Any:
    """The definition."""
    xp = namespace(x)
    lacking = xp.maximum(1 - (2 * one_hot(labels, x.shape[1], x) - 1) * x, 0 * x)
    return xp.sum(lacking if norm == "L1" else lacking**2) / x.shape[0]


def kinks(x: Values, labels: Values, norm: str) -> Values:
    """What each score lacks of its margin; of norm L2 there is no kink."""
    lacking = margins(x, is_label(labels, x.shape[1]))
    return lacking if norm == "L1" else np.full(lacking.shape, np.inf)


hinge_loss = Op(
    "hinge_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C"), "labels": Array("N", indices("C"))},
    outputs=("loss",),
    settings={"norm": choice("L1", "L2")},
    kinks=kinks,
    convention="zero",
    formula="loss = Σ max(0, 1 - s x)^p / N, s = 1 at the label, else -1",
    source="Caffe, HingeLossLayer",
    aliases={"Caffe": "HingeLoss", "Chainer": "hinge"},
)
