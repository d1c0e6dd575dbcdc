"""z = ln(e^x + e^y), broadcast.  x: (*#S), y: (*#S) → z: (*S).

The sum of two probabilities that are kept as logarithms; the exponentials themselves would overflow.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(x: Values, y: Values) -> tuple[Values, tuple[Values, Values]]:
    """The larger and what the smaller adds to it, and both terms."""
    return np.logaddexp(x, y), (x, y)


def backward(dz: Values, cache: tuple[Values, Values]) -> tuple[Values, Values]:
    """dx = dz e^x / (e^x + e^y), the share of x in the sum, as dz e^-ln(1 + e^(y-x)); dy with that of y."""
    x, y = cache
    of_x, of_y = np.exp(-np.logaddexp(0, y - x)), np.exp(-np.logaddexp(0, x - y))
    return unbroadcast(dz * of_x, x.shape), unbroadcast(dz * of_y, y.shape)


def reference(x: Any, y: Any) -> Any:
    """The definition with the larger term factored out: ln(e^a (1 + e^(b-a))), a the larger."""
    xp = namespace(x)
    a, b = xp.where(x < y, y, x), xp.where(x < y, x, y)
    return a + xp.log1p(xp.exp(b - a))


logaddexp = Op(
    "logaddexp",
    forward,
    backward,
    reference,
    inputs={"x": Array("*#S"), "y": Array("*#S")},
    outputs=("z",),
    formula="z = ln(e^x + e^y)",
    source="array API standard, logaddexp",
    aliases={"torch": "logaddexp", "JAX": "logaddexp", "MyGrad": "logaddexp"},
)
