"""z = √(x² + y²), broadcast.  x: (*#S), y: (*#S) → z: (*S).

The squares may leave the range where z does not, so they are scaled.  At the origin there is no
derivative; the gradient there is zero.
"""

from copy import copy
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(x: Values, y: Values) -> tuple[Values, tuple[Values, Values, Values]]:
    """The length, with both legs."""
    z = np.hypot(x, y)
    return z, (x, y, copy(z))


def backward(dz: Values, cache: tuple[Values, Values, Values]) -> tuple[Values, Values]:
    """dx = dz x / z and dy = dz y / z, each summed over the axes along which it was broadcast."""
    x, y, z = cache
    z = np.where(z > 0, z, np.inf)  # so that both quotients are zero at the origin
    return unbroadcast(dz * (x / z), x.shape), unbroadcast(dz * (y / z), y.shape)


def reference(x: Any, y: Any) -> Any:
    """The theorem of Pythagoras."""
    return namespace(x).sqrt(x * x + y * y)


hypot = Op(
    "hypot",
    forward,
    backward,
    reference,
    inputs={"x": Array("*#S"), "y": Array("*#S")},
    outputs=("z",),
    kinks=np.hypot,
    convention="zero",
    formula="z = √(x² + y²)",
    source="definition; broadcasting after the array API standard, hypot",
    aliases={"torch": "hypot", "JAX": "hypot"},
)
