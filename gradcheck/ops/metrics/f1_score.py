"""F1 score of each class: the harmonic mean of precision and recall, 2 right / (predictions + labels), of none 0.

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
    """Twice the number of predictions that are right, divided by those of predictions and labels."""
    right, guesses, support = count_classes(scores, labels)
    return divide_counts(2 * right, guesses + support), None


def backward(dy: Values, cache: None) -> tuple[None, None]:
    """No gradient."""
    return None, None


def reference(scores: Any, labels: Any) -> Any:
    """The definition."""
    right, guesses, support = count_classes_as_defined(scores, labels)
    precision, recall = divide_as_defined(right, guesses), divide_as_defined(right, support)
    return divide_as_defined(2 * precision * recall, precision + recall)


f1_score = Op(
    "f1_score",
    forward,
    backward,
    reference,
    inputs={"scores": Array("N C", constant()), "labels": Array("N", indices("C"))},
    formula="y_c = 2 P_c R_c / (P_c + R_c), P precision and R recall",
    source="definition, as chainer.functions.f1_score",
    aliases={"Chainer": "f1_score"},
)
