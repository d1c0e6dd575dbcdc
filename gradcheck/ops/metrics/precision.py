"""Precision of each class: the share of its predictions that are right, of none 0.

scores: (N, C), labels: (N,) whole numbers below C → y: (C,).  The prediction is the first of the largest scores.
Counts are constant between jumps: there is no gradient.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.domain import constant, indices
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.metrics.class_counts import (
    count_classes,
    count_classes_as_defined,
    divide_as_defined,
    divide_counts,
)


def forward(scores: Values, labels: Values) -> tuple[Values, None]:
    """The number of predictions that are right, divided by that of all."""
    right, guesses, _ = count_classes(scores, labels)
    return divide_counts(right, guesses), None


def backward(dy: Values, cache: None) -> tuple[None, None]:
    """No gradient."""
    return None, None


def reference(scores: Any, labels: Any) -> Any:
    """The definition."""
    right, guesses, _ = count_classes_as_defined(scores, labels)
    return divide_as_defined(right, guesses)


precision = Op(
    "precision",
    forward,
    backward,
    reference,
    inputs={"scores": Array("N C", constant()), "labels": Array("N", indices("C"))},
    formula="y_c = right predictions of c / predictions of c",
    source="definition, as chainer.functions.precision",
    aliases={"Chainer": "precision"},
)
