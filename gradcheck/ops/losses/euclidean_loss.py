"""Caffe's Euclidean loss: loss = Σ (x - t)² / 2N over all elements, 0 of none.  x, t: (N, *S) → loss: ()."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values, t: Values) -> tuple[Values, Values]:
    """The loss, and the difference that backward needs."""
    apart = x - t
    return np.asarray(np.square(apart).sum() / (2 * max(len(x), 1))), apart


def backward(dloss: Values, apart: Values) -> tuple[Values, Values]:
    """(x - t) / N for x, its negative for t: N counts the rows, not the elements."""
    dx = dloss / max(len(apart), 1) * apart
    return dx, -dx


def reference(x: Any, t: Any) -> Any:
    """The definition."""
    return namespace(x).sum((x - t) ** 2) / (2 * x.shape[0])


euclidean_loss = Op(
    "euclidean_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S"), "t": Array("N *S")},
    outputs=("loss",),
    formula="loss = Σ (x - t)² / 2N",
    source="Caffe, EuclideanLossLayer",
    aliases={"Caffe": "EuclideanLoss"},
)
