"""z = x y, broadcast.  x: (*#S), y: (*#S) → z: (*S).  The mul gate hands each the upstream times the other: a
switcher."""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(x: Values, y: Values) -> tuple[Values, tuple[Values, Values]]:
    """The product, and both factors."""
    return x * y, (x, y)


def backward(dz: Values, cache: tuple[Values, Values]) -> tuple[Values, Values]:
    """dx = dz y and dy = dz x, each summed over the axes along which it was broadcast."""
    x, y = cache
    return unbroadcast(dz * y, x.shape), unbroadcast(dz * x, y.shape)


def reference(x: Any, y: Any) -> Any:
    """The definition."""
    return x * y


multiply = Op(
    "multiply",
    forward,
    backward,
    reference,
    inputs={"x": Array("*#S"), "y": Array("*#S")},
    outputs=("z",),
    formula="z = x y",
    source="CS231n lecture 4, MultiplyGate; broadcasting after the array API standard",
    aliases={"Caffe": "Eltwise", "torch": "mul multiply", "JAX": "mul multiply", "MyGrad": "multiply"},
)
