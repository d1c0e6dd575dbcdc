"""Mean over one axis: y = Σ_d x_d / D.  x: (*A, D, *B) → y: (*A, *B), or (*A, 1, *B) with keepdims."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank
from gradcheck.ops.reductions.axes import restore_axis


def forward(x: Values, axis: int, keepdims: bool) -> tuple[Values, tuple[tuple[int, ...], int, bool]]:
    """The mean, and the shape that backward spreads back to."""
    return x.mean(axis=axis, keepdims=keepdims), (x.shape, axis, keepdims)


def backward(dy: Values, cache: tuple[tuple[int, ...], int, bool]) -> Values:
    """Every element takes an equal share of the upstream."""
    shape, axis, keepdims = cache
    share = restore_axis(dy, axis, keepdims) / shape[axis]
    return np.array(np.broadcast_to(share, shape))


def reference(x: Any, axis: int, keepdims: bool) -> Any:
    """The sum as a product with a vector of ones, divided by their number."""
    xp = namespace(x)
    y = xp.tensordot(x, xp.ones(x.shape[axis], dtype=x.dtype), axes=((axis,), (0,))) / x.shape[axis]
    return xp.expand_dims(y, axis=axis) if keepdims else y


mean = Op(
    "mean",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A"), "keepdims": choice(False, True)},
    formula="y = Σ x / D over axis, D its length",
    source="array API standard, mean",
    aliases={
        "Caffe": "Reduction",
        "torch": "mean",
        "JAX": "mean",
        "Chainer": "average",
        "thinc": "reduce_mean",
        "MyGrad": "mean",
    },
)
