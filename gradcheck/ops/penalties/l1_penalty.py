"""Penalty on absolute values: y = λ Σ |w|, λ the strength.  w: (*S) → y: ().  Kinks where a weight is 0; there its
gradient is zero."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(w: Values, strength: float) -> tuple[Values, tuple[Values, Values, float]]:
    """The penalty, with where the weights are above zero, and where below."""
    return np.asarray(strength * np.abs(w).sum()), (w > 0, w < 0, strength)


def backward(dy: Values, cache: tuple[Values, Values, float]) -> Values:
    """λ times the sign of each weight."""
    above, below, strength = cache
    return np.asarray(strength * dy * above - strength * dy * below)


def reference(w: Any, strength: float) -> Any:
    """The definition by cases."""
    xp = namespace(w)
    return strength * xp.sum(xp.where(w < 0, -w, w))


l1_penalty = Op(
    "l1_penalty",
    forward,
    backward,
    reference,
    inputs={"w": Array("*S")},
    settings={"strength": choice(1.0, 0.1)},
    kinks=lambda w, strength: w,
    convention="zero",
    formula="y = λ Σ |w|",
    source="CS231n notes, linear classification, regularization; Tibshirani 1996",
)
