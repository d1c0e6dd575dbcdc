"""x repeated to the shape of another array, whose elements do not matter.  x: (*#S), like: (*S) → y: (*S)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(x: Values, like: Values) -> tuple[Values, tuple[int, ...]]:
    """x at every place that it stretches to, and its own shape."""
    return np.broadcast_to(x, like.shape).copy(), x.shape


def backward(dy: Values, shape: tuple[int, ...]) -> tuple[Values, None]:
    """Each element gathers the upstream of all its copies."""
    return unbroadcast(dy, shape), None


def reference(x: Any, like: Any) -> Any:
    """The product with ones of the wider shape."""
    return x * namespace(x).ones(like.shape, dtype=x.dtype)


broadcast_to = Op(
    "broadcast_to",
    forward,
    backward,
    reference,
    inputs={"x": Array("*#S"), "like": Array("*S", gradient=False)},
    formula="y = x repeated to a wider shape",
    source="array API standard, broadcast_to",
    aliases={
        "torch": "broadcast_to expand_as",
        "JAX": "broadcast_to broadcast_in_dim",
        "Chainer": "broadcast_to",
        "MyGrad": "broadcast_to",
    },
)
