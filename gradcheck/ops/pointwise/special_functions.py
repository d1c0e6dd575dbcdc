"""Special functions, which the array API has not: in references they are those of the library of the array."""

from importlib import import_module
from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace

SPECIAL_FUNCTIONS = {"numpy": "scipy.special", "jax.numpy": "jax.scipy.special"}
"""The modules that hold them, by the name of a namespace of the array API; loaded at the first call."""


def namespace_erf(x: Any) -> Any:
    """The error function of an array of NumPy, of JAX, or of a library whose namespace has it.  x: (*S) → (*S)."""
    xp = namespace(x)
    return (xp if hasattr(xp, "erf") else import_module(SPECIAL_FUNCTIONS[xp.__name__])).erf(x)


def error_function(x: Values) -> Values:
    """2/√π ∫ e^-t² dt from 0 to x.  x: (*S) → (*S)."""
    return import_module("scipy.special").erf(x)


def complementary_error_function(x: Values) -> Values:
    """1 minus the error function, with all its digits where that is near one.  x: (*S) → (*S)."""
    return import_module("scipy.special").erfc(x)
