"""z = x^y, broadcast.  x: (*#S), above zero, y: (*#S) → z: (*S)."""

from copy import copy
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import positive, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(x: Values, y: Values) -> tuple[Values, tuple[Values, Values, Values]]:
    """The power, with its base and its exponent."""
    z = x**y
    return z, (x, y, copy(z))


def backward(dz: Values, cache: tuple[Values, Values, Values]) -> tuple[Values, Values]:
    """dx = dz y x^(y-1) and dy = dz x^y ln x, each summed over the axes along which it was broadcast."""
    x, y, z = cache
    return unbroadcast(dz * y * x ** (y - 1), x.shape), unbroadcast(dz * z * np.log(x), y.shape)


def reference(x: Any, y: Any) -> Any:
    """The definition for a positive base: e^(y ln x)."""
    xp = namespace(x)
    return xp.exp(y * xp.log(x))


power = Op(
    "power",
    forward,
    backward,
    reference,
    inputs={"x": Array("*#S", positive()), "y": Array("*#S", real(-30, 30))},
    outputs=("z",),
    formula="z = x^y",
    source="definition; broadcasting after the array API standard",
    aliases={"torch": "pow", "JAX": "pow power", "MyGrad": "power"},
)
