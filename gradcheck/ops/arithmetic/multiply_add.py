"""z = x y + c, broadcast.  x: (*#S), y: (*#S), c: (*#S) → z: (*S)."""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(x: Values, y: Values, c: Values) -> tuple[Values, tuple[Values, Values, tuple[int, ...]]]:
    """The sum, both factors, and the shape of what is added."""
    return x * y + c, (x, y, c.shape)


def backward(dz: Values, cache: tuple[Values, Values, tuple[int, ...]]) -> tuple[Values, Values, Values]:
    """dx = dz y, dy = dz x and dc = dz, each summed over the axes along which it was broadcast."""
    x, y, c_shape = cache
    return unbroadcast(dz * y, x.shape), unbroadcast(dz * x, y.shape), unbroadcast(dz, c_shape)


def reference(x: Any, y: Any, c: Any) -> Any:
    """The definition."""
    return c + y * x


multiply_add = Op(
    "multiply_add",
    forward,
    backward,
    reference,
    inputs={"x": Array("*#S"), "y": Array("*#S"), "c": Array("*#S")},
    outputs=("z",),
    formula="z = x y + c",
    source="definition, as torch.addcmul",
    aliases={"torch": "addcmul"},
)
