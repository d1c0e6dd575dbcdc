"""The angle of the point (x, y): z = arctan(y / x) in its quadrant, broadcast.  y: (*#S), not zero, x: (*#S) → z: (*S).

As y is not zero, the point lies neither at the origin nor on the cut along negative x, where the angle jumps by 2π.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import nonzero
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(y: Values, x: Values) -> tuple[Values, tuple[Values, Values]]:
    """The angle, and both coordinates."""
    return np.arctan2(y, x), (y, x)


def backward(dz: Values, cache: tuple[Values, Values]) -> tuple[Values, Values]:
    """dy = dz x / r² and dx = -dz y / r², r dividing twice: its square may leave the range where the gradient does
    not."""
    y, x = cache
    r = np.hypot(x, y)
    return unbroadcast(dz * (x / r) / r, y.shape), unbroadcast(-dz * (y / r) / r, x.shape)


def reference(y: Any, x: Any) -> Any:
    """Twice the half angle, whose tangent is y / (r + x) = (r - x) / y, of which the sum without cancellation."""
    xp = namespace(x)
    size = xp.where(x > 0, x, -x)
    wide = xp.sqrt(x * x + y * y) + size
    return 2 * xp.atan(xp.where(x > 0, y / wide, wide / y))


arctan2 = Op(
    "arctan2",
    forward,
    backward,
    reference,
    inputs={"y": Array("*#S", nonzero(2.0**-6)), "x": Array("*#S")},
    outputs=("z",),
    formula="z = arctan(y / x) in the quadrant of (x, y)",
    source="definition; half-angle formula of the tangent; broadcasting after the array API standard, atan2",
    aliases={"Chainer": "arctan2", "torch": "atan2 arctan2", "JAX": "arctan2 atan2", "MyGrad": "arctan2"},
)
