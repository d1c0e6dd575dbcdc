"""Running sum along one axis: y_i = Σ_{j ≤ i} x_j, with reverse Σ_{j ≥ i} x_j.  x: (*A, D, *B) → y: the same shape."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank


def add_up(x: Values, axis: int, reverse: bool) -> Values:
    """Running sums from the front, or from the back."""
    return np.flip(np.cumsum(np.flip(x, axis), axis=axis), axis) if reverse else np.cumsum(x, axis=axis)


def forward(x: Values, axis: int, reverse: bool) -> tuple[Values, tuple[int, bool]]:
    """The running sums, and the direction in which they run."""
    return add_up(x, axis, reverse), (axis, reverse)


def backward(dy: Values, cache: tuple[int, bool]) -> Values:
    """Each element gathers the upstream of every sum that it is in: the running sum in the other direction."""
    axis, reverse = cache
    return add_up(dy, axis, not reverse)


def reference(x: Any, axis: int, reverse: bool) -> Any:
    """The product with a triangle of ones."""
    xp = namespace(x)
    places = xp.arange(x.shape[axis])
    summed = places[:, None] >= places if reverse else places[:, None] <= places
    y = xp.tensordot(x, xp.astype(summed, x.dtype), axes=((axis,), (0,)))
    return xp.moveaxis(y, -1, axis)


cumsum = Op(
    "cumsum",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A"), "reverse": choice(False, True)},
    formula="y_i = Σ_{j ≤ i} x_j along axis, with reverse Σ_{j ≥ i} x_j",
    source="array API standard, cumulative_sum; reverse as in jax.lax.cumsum",
    aliases={"torch": "cumsum", "JAX": "cumsum", "Chainer": "cumsum", "MyGrad": "cumsum"},
)
