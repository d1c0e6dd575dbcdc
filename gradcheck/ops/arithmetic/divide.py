"""z = x / y, broadcast.  x: (*#S), y: (*#S), not zero → z: (*S)."""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.domain import nonzero
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(x: Values, y: Values) -> tuple[Values, tuple[Values, Values]]:
    """The quotient, and both of its terms."""
    return x / y, (x, y)


def backward(dz: Values, cache: tuple[Values, Values]) -> tuple[Values, Values]:
    """dx = dz / y and dy = -dz x / y², y dividing twice: its square may leave the range where the gradient does not."""
    x, y = cache
    return unbroadcast(dz / y, x.shape), unbroadcast(-dz * (x / y) / y, y.shape)


def reference(x: Any, y: Any) -> Any:
    """The definition."""
    return x / y


divide = Op(
    "divide",
    forward,
    backward,
    reference,
    inputs={"x": Array("*#S"), "y": Array("*#S", nonzero(2.0**-6))},
    outputs=("z",),
    formula="z = x / y",
    source="definition; broadcasting after the array API standard",
    aliases={"torch": "div divide", "JAX": "div divide", "MyGrad": "divide"},
)
