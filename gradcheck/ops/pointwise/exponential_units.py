"""Activation functions that are exponential below zero, y = f(x) for each element.  x: (*S) → y: (*S), dx = dy f'(x).

No exponential is taken of a positive number.
"""

import math
from typing import Any

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.settings import choice
from gradcheck.ops.pointwise.special_functions import namespace_erf
from gradcheck.ops.pointwise.with_settings import pointwise_with_settings

# Klambauer et al. 2017, eq. 14: mean 0 and variance 1 of a normal input come out again.  q, r: e^(a²/2) erfc(a/√2) of
# a = 1 and 2.
Q, R = math.exp(1 / 2) * math.erfc(1 / math.sqrt(2)), math.exp(2) * math.erfc(math.sqrt(2))
SELU_ALPHA = math.sqrt(2 / math.pi) / (1 - Q)
SELU_SCALE = (1 - Q) * math.sqrt(2 * math.pi) / math.sqrt(2 * R + math.pi * Q * Q - 2 * (2 + math.pi) * Q + math.pi + 2)


def selu_reference(x: Any) -> Any:
    """The definition, with α and λ from the conditions that the mean stays 0 and the variance 1."""
    xp = namespace(x)
    one = xp.ones((), dtype=x.dtype)
    pi = 4 * xp.atan(one)
    q = xp.exp(one / 2) * (1 - namespace_erf(xp.sqrt(one / 2)))
    r = xp.exp(2 * one) * (1 - namespace_erf(xp.sqrt(2 * one)))
    alpha = xp.sqrt(2 / pi) / (1 - q)
    scale = (1 - q) * xp.sqrt(2 * pi) / xp.sqrt(2 * r + pi * q * q - 2 * (2 + pi) * q + pi + 2)
    return scale * xp.where(x > 0, x, alpha * (xp.exp(xp.where(x > 0, 0 * x, x)) - 1))


def celu_reference(x: Any, alpha: float) -> Any:
    """The definition by cases; the exponential never sees what lies above zero."""
    xp = namespace(x)
    return xp.where(x > 0, x, alpha * (xp.exp(xp.where(x > 0, 0 * x, x) / alpha) - 1))


selu = pointwise(
    "selu",
    value=lambda x: SELU_SCALE * np.where(x > 0, x, SELU_ALPHA * np.expm1(-np.abs(x))),
    slope=lambda x, y: SELU_SCALE * np.where(x > 0, 1, SELU_ALPHA * np.exp(-np.abs(x))),
    reference=selu_reference,
    kinks=lambda x: x,
    convention="left",
    formula="y = λ x for x > 0, λ α (e^x - 1) elsewhere; λ ≈ 1.0507, α ≈ 1.6733",
    source="Klambauer et al. 2017, Self-normalizing neural networks, eq. 2 and 14; slope λ α at 0 as in torch and JAX",
    aliases={"torch": "selu", "JAX": "selu", "Chainer": "selu", "MyGrad": "selu"},
)

celu = pointwise_with_settings(
    "celu",
    value=lambda x, alpha: np.maximum(x, 0) + alpha * np.expm1(np.minimum(x, 0) / alpha),
    slope=lambda x, y, alpha: np.exp(np.minimum(x, 0) / alpha),
    reference=celu_reference,
    settings={"alpha": choice(1.0, 0.5, 2.0)},
    formula="y = x for x > 0, α (e^(x/α) - 1) elsewhere",
    source="Barron 2017, Continuously differentiable exponential linear units, eq. 2",
    aliases={"torch": "celu", "JAX": "celu"},
)
