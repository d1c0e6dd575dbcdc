"""Functions that shrink what is near zero, y = f(x) for each element.  x: (*S) → y: (*S), dx = dy f'(x)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.settings import choice
from gradcheck.ops.pointwise.with_settings import pointwise_with_settings


def softshrink_reference(x: Any, lambd: float) -> Any:
    """The definition by cases."""
    xp = namespace(x)
    return xp.where(x > lambd, x - lambd, xp.where(x < -lambd, x + lambd, 0 * x))


def hardshrink_reference(x: Any, lambd: float) -> Any:
    """The definition by cases."""
    xp = namespace(x)
    return xp.where(x > lambd, x, xp.where(x < -lambd, x, 0 * x))


def lambert_fraction(x: Values) -> Values:
    """t = x² / (3 + x² / (5 + x² / (7 + …))), of which tanh x = x / (1 + t): Lambert's continued fraction, of positive
    terms alone, to all digits of float64 up to |x| = 1.  x: (*S) → (*S)."""
    square, t = np.square(np.minimum(np.abs(x), 1)), np.zeros_like(x)
    for odd in range(19, 1, -2):
        t = square / (odd + t)
    return t


def tanhshrink_value(x: Values) -> Values:
    """x - tanh x; near zero as x t / (1 + t), t Lambert's fraction, since the difference would cancel."""
    t = lambert_fraction(x)
    return np.where(np.abs(x) < 1, x * (t / (1 + t)), x - np.tanh(x))


softshrink = pointwise_with_settings(
    "softshrink",
    value=lambda x, lambd: x - np.clip(x, -lambd, lambd),
    slope=lambda x, y, lambd: np.abs(x) > lambd,
    reference=softshrink_reference,
    settings={"lambd": choice(0.5, 2.0)},
    kinks=lambda x, lambd: np.abs(x) - lambd,
    convention="zero",
    formula="y = sign(x) max(|x| - λ, 0)",
    source="Donoho 1995, De-noising by soft-thresholding; slope 0 at -λ and λ as in torch",
    aliases={"torch": "softshrink"},
)

hardshrink = pointwise_with_settings(
    "hardshrink",
    value=lambda x, lambd: np.where(np.abs(x) > lambd, x, 0),
    slope=lambda x, y, lambd: np.abs(x) > lambd,
    reference=hardshrink_reference,
    settings={"lambd": choice(0.5, 2.0)},
    formula="y = x for |x| > λ, 0 elsewhere",
    source="Donoho and Johnstone 1994, Ideal spatial adaptation by wavelet shrinkage; jumps at -λ and λ, slope 0 there",
    aliases={"torch": "hardshrink"},
)

tanhshrink = pointwise(
    "tanhshrink",
    value=tanhshrink_value,
    slope=lambda x, y: np.square(np.tanh(x)),
    reference=lambda x: x - namespace(x).tanh(x),
    formula="y = x - tanh x",
    source="torch, tanhshrink; 1 - sech² x = tanh² x",
    aliases={"torch": "tanhshrink"},
)

threshold = pointwise_with_settings(
    "threshold",
    value=lambda x, threshold, value: np.where(x > threshold, x, value),
    slope=lambda x, y, threshold, value: x > threshold,
    reference=lambda x, threshold, value: namespace(x).where(x > threshold, x, 0 * x + value),
    settings={"threshold": choice(0.0, 0.5), "value": choice(0.0, -1.0)},
    kinks=lambda x, threshold, value: x - threshold,
    convention="zero",
    formula="y = x for x > threshold, value elsewhere",
    source="torch, threshold; jumps at the threshold unless the value is the same, slope 0 there",
    aliases={"torch": "threshold"},
)
