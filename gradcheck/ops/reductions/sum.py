"""Sum over one axis: y = Σ_d x_d.  x: (*A, D, *B) → y: (*A, *B), or (*A, 1, *B) with keepdims."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank
from gradcheck.ops.reductions.axes import restore_axis


def forward(x: Values, axis: int, keepdims: bool) -> tuple[Values, tuple[tuple[int, ...], int, bool]]:
    """The sum, and the shape that backward spreads back to."""
    return x.sum(axis=axis, keepdims=keepdims), (x.shape, axis, keepdims)


def backward(dy: Values, cache: tuple[tuple[int, ...], int, bool]) -> Values:
    """Every term of the sum takes the whole upstream: a distributor."""
    shape, axis, keepdims = cache
    return np.array(np.broadcast_to(restore_axis(dy, axis, keepdims), shape))


def reference(x: Any, axis: int, keepdims: bool) -> Any:
    """The product with a vector of ones."""
    xp = namespace(x)
    y = xp.tensordot(x, xp.ones(x.shape[axis], dtype=x.dtype), axes=((axis,), (0,)))
    return xp.expand_dims(y, axis=axis) if keepdims else y


sum = Op(
    "sum",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A"), "keepdims": choice(False, True)},
    formula="y = Σ x over axis",
    source="array API standard, sum",
    aliases={
        "Caffe": "Reduction",
        "torch": "sum",
        "JAX": "sum reduce_sum",
        "Chainer": "sum",
        "thinc": "reduce_sum",
        "MyGrad": "sum",
    },
)
