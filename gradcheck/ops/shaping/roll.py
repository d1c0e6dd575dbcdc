"""One axis moved on, what leaves its end coming back at its start: y_i = x_{(i - shift) mod D}.

x: (*A, D, *B) → y: the same shape.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank, whole


def forward(x: Values, axis: int, shift: int) -> tuple[Values, tuple[int, int]]:
    """The elements, moved on."""
    return np.roll(x, shift, axis=axis), (axis, shift)


def backward(dy: Values, cache: tuple[int, int]) -> Values:
    """The upstream, moved back."""
    axis, shift = cache
    return np.roll(dy, -shift, axis=axis)


def reference(x: Any, axis: int, shift: int) -> Any:
    """The elements by their indices."""
    xp = namespace(x)
    return xp.take(x, (xp.arange(x.shape[axis]) - shift) % x.shape[axis], axis=axis)


roll = Op(
    "roll",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A"), "shift": whole("0-2", 3)},
    formula="y_i = x_{(i - shift) mod D} along axis",
    source="array API standard, roll",
    aliases={"torch": "roll", "JAX": "roll", "MyGrad": "roll"},
)
