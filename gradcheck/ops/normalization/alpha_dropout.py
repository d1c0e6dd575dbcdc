"""Dropout for SELU: y = a (x mask + α' (1 - mask)) + b, which keeps a mean of zero and a variance of one.

The draw is an input: mask is one with probability q = keep_prob, else zero.  What is dropped takes the value
α' = -λ α, to which SELU falls; a = (q + α'² q (1 - q))^(-1/2) and b = -a (1 - q) α'.  x: (N, *S), mask: (N, *S) → y:
(N, *S).
"""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice

TAIL = math.erfc(math.sqrt(1 / 2)) * math.sqrt(math.e)
SATURATION = -2 / math.sqrt(
    2 * math.erfc(math.sqrt(2)) * math.e**2 + math.pi * TAIL**2 - 2 * (2 + math.pi) * TAIL + math.pi + 2
)  # α' = -λ α of the fixed point of mean 0 and variance 1; Klambauer et al. 2017, λ₀₁ and α₀₁ multiplied


def find_gain(keep_prob: float) -> float:
    """a, by which the variance is one again."""
    return (keep_prob + SATURATION**2 * keep_prob * (1 - keep_prob)) ** -0.5


def forward(x: Values, mask: Values, keep_prob: float) -> tuple[Values, tuple[Values, float]]:
    """The elements that the mask keeps, saturation for the others, all scaled and shifted."""
    kept, gain = mask == 1, find_gain(keep_prob)
    return gain * (np.where(kept, x, SATURATION) - (1 - keep_prob) * SATURATION), (kept, gain)


def backward(dy: Values, cache: tuple[Values, float]) -> tuple[Values, None]:
    """The upstream through the same mask, scaled in the same way."""
    kept, gain = cache
    return gain * dy * kept, None


def reference(x: Any, mask: Any, keep_prob: float) -> Any:
    """The definition, with α' as the very number of float64."""
    xp, (numerator, denominator) = namespace(x), SATURATION.as_integer_ratio()
    low, q = (0 * x + numerator) / denominator, keep_prob
    a = 1 / xp.sqrt(q + low**2 * q * (1 - q))
    return a * xp.where(mask == 1, x, low) - a * (1 - q) * low


alpha_dropout = Op(
    "alpha_dropout",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S"), "mask": Array("N *S", bits())},
    settings={"keep_prob": choice(0.5, 0.75, 1.0)},
    batch="N",
    aliases={"torch": "alpha_dropout"},
    formula="y = a (x mask + α' (1 - mask)) + b",
    source="Klambauer et al. 2017, Self-normalizing neural networks, alpha dropout",
)
