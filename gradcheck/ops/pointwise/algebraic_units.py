"""Activation functions made of quotients and roots, y = f(x) for each element.  x: (*S) → y: (*S), dx = dy f'(x)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.pointwise import pointwise

softsign = pointwise(
    "softsign",
    value=lambda x: x / (1 + np.abs(x)),
    slope=lambda x, y: np.square(1 / (1 + np.abs(x))),
    reference=lambda x: x / (1 + namespace(x).maximum(x, -x)),
    formula="y = x / (1 + |x|)",
    source="Turian, Bergstra and Bengio 2009, Quadratic features and deep architectures for chunking",
    aliases={"torch": "softsign", "JAX": "soft_sign", "MyGrad": "soft_sign"},
)


def quotient_above_minus_one(x: Values) -> Values:
    """1 + x/√(1+x²) = (s + x)/s, s = √(1+x²); as s + x is e^(arsinh x), nothing cancels below zero.  x: (*S) → (*S)."""
    return np.exp(np.arcsinh(x)) / np.hypot(1, x)


def dish_reference(x: Any) -> Any:
    """The definition."""
    return x / 2 * (x / namespace(x).sqrt(1 + x * x) + 1)


dish = pointwise(
    "dish",
    value=lambda x: x / 2 * quotient_above_minus_one(x),
    slope=lambda x, y: (quotient_above_minus_one(x) + x * (1 / np.hypot(1, x)) ** 3) / 2,
    reference=dish_reference,
    formula="y = x/2 (x / √(1 + x²) + 1)",
    source="thinc, layers/dish.py",
    aliases={"thinc": "Dish"},
)
