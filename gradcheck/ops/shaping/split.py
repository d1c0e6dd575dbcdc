"""An array cut at points along one axis.  x: (*A, D, *B) → ys: before the first point, between the points, behind the
last.

There are two points, so that there are as many parts as outputs; forward takes any number of them.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank, whole


def forward(x: Values, points: tuple[int, ...], axis: int) -> tuple[tuple[Values, ...], int]:
    """The parts."""
    return tuple(part.copy() for part in np.split(x, points, axis=axis)), axis


def backward(upstream: tuple[Values, ...], axis: int) -> Values:
    """The upstreams of the parts, joined again."""
    return np.concatenate(upstream, axis=axis)


def reference(x: Any, points: tuple[int, ...], axis: int) -> Any:
    """The elements of each part by their indices."""
    xp = namespace(x)
    starts, ends = (0, *points), (*points, x.shape[axis])
    return tuple(xp.take(x, xp.arange(start, end), axis=axis) for start, end in zip(starts, ends, strict=True))


split = Op(
    "split",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    outputs=("first", "second", "third"),
    settings={"points": choice((1, 2), (1, 3), (2, 3)), "axis": rank("A")},
    sizes={"D": whole(4, None)},
    formula="ys = x[:p], x[p:q], x[q:] along axis, the points being p and q",
    source="Caffe, SliceLayer with slice_point; numpy.split",
    aliases={"Caffe": "Slice", "torch": "tensor_split split", "JAX": "split", "Chainer": "split_axis"},
)
