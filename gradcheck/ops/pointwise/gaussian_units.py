"""Functions made of the normal distribution, y = f(x) for each element.  x: (*S) → y: (*S), dx = dy f'(x).

Φ is its distribution function, φ its density.  Far below zero Φ is not taken from 1 + erf, which cancels there, but
from the complementary error function.
"""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.pointwise import pointwise
from gradcheck.ops.pointwise.activations import bell, logistic
from gradcheck.ops.pointwise.special_functions import complementary_error_function, error_function, namespace_erf

ROOT_HALF = math.sqrt(1 / 2)  # Φ(x) = (1 + erf(x/√2)) / 2
DENSITY_AT_ZERO = 1 / math.sqrt(2 * math.pi)  # φ(x) = e^(-x²/2) / √(2π)
ERF_SLOPE_AT_ZERO = 2 / math.sqrt(math.pi)  # erf(x) = 2/√π ∫ e^-t² dt
ROOT_2_OVER_PI = math.sqrt(2 / math.pi)  # Hendrycks and Gimpel 2016, section 2


def normal_distribution(x: Values) -> Values:
    """Φ(x) = erfc(-x/√2) / 2.  x: (*S) → (*S)."""
    return complementary_error_function(-x * ROOT_HALF) / 2


def normal_density(x: Values) -> Values:
    """φ(x) = e^(-x²/2) / √(2π).  x: (*S) → (*S)."""
    return DENSITY_AT_ZERO * np.exp(-x * x / 2)


def gelu_value(x: Values) -> Values:
    """x Φ(x).  x: (*S) → (*S)."""
    return x * normal_distribution(x)


def gelu_slope(x: Values) -> Values:
    """Φ(x) + x φ(x).  x: (*S) → (*S)."""
    return normal_distribution(x) + x * normal_density(x)


def tanh_argument(x: Values) -> Values:
    """2 √(2/π) (x + 0.044715 x³), of which (1 + tanh(·/2)) / 2 = σ(·) approximates Φ(x).  x: (*S) → (*S)."""
    return 2 * ROOT_2_OVER_PI * x * (1 + 0.044715 * x * x)


def gelu_reference(x: Any) -> Any:
    """The definition by the error function."""
    xp = namespace(x)
    return x * (1 + namespace_erf(x / xp.sqrt(xp.asarray(2, dtype=x.dtype)))) / 2


def gelu_tanh_reference(x: Any) -> Any:
    """The approximation as it is written in the paper; π = 4 arctan 1."""
    xp = namespace(x)
    pi = 4 * xp.atan(xp.ones((), dtype=x.dtype))
    return x * (1 + xp.tanh(xp.sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2


erf = pointwise(
    "erf",
    value=error_function,
    slope=lambda x, y: ERF_SLOPE_AT_ZERO * np.exp(-x * x),
    reference=namespace_erf,
    formula="y = erf x = 2/√π ∫ e^-t² dt from 0 to x",
    source="definition",
    aliases={"torch": "erf", "JAX": "erf", "Chainer": "erf"},
)

gelu = pointwise(
    "gelu",
    value=gelu_value,
    slope=lambda x, y: gelu_slope(x),
    reference=gelu_reference,
    formula="y = x Φ(x) = x (1 + erf(x/√2)) / 2",
    source="Hendrycks and Gimpel 2016, Gaussian error linear units, section 2",
    aliases={"torch": "gelu", "JAX": "gelu", "thinc": "gelu"},
)

gelu_tanh = pointwise(
    "gelu_tanh",
    value=lambda x: x * logistic(tanh_argument(x)),
    slope=lambda x, y: (
        logistic(tanh_argument(x)) + x * bell(tanh_argument(x)) * 2 * ROOT_2_OVER_PI * (1 + 3 * 0.044715 * x * x)
    ),
    reference=gelu_tanh_reference,
    formula="y = x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2",
    source="Hendrycks and Gimpel 2016, Gaussian error linear units, section 2; (1 + tanh u) / 2 = σ(2u)",
    aliases={"torch": "gelu", "JAX": "gelu", "thinc": "gelu_approx"},
)
