"""Penalty on squares: y = λ Σ w² / 2, or λ Σ w² without the half, λ the strength.  w: (*S) → y: ().

Courses and libraries differ in the half, and with it in the factor 2 of the gradient.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(w: Values, strength: float, half: bool) -> tuple[Values, tuple[Values, float]]:
    """The penalty, with the weights and the factor of their gradient."""
    slope = strength if half else 2 * strength
    return np.asarray(slope / 2 * np.square(w).sum()), (w, slope)


def backward(dy: Values, cache: tuple[Values, float]) -> Values:
    """λ w with the half, 2 λ w without."""
    w, slope = cache
    return np.asarray(slope * dy * w)


def reference(w: Any, strength: float, half: bool) -> Any:
    """The definition."""
    total = strength * namespace(w).sum(w**2)
    return total / 2 if half else total


l2_penalty = Op(
    "l2_penalty",
    forward,
    backward,
    reference,
    inputs={"w": Array("*S")},
    settings={"strength": choice(1.0, 0.1), "half": choice(True, False)},
    formula="y = λ Σ w² / 2, or λ Σ w² without the half",
    source="CS231n notes, linear classification and neural networks part 2, regularization",
)
