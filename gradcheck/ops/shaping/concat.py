"""Concatenation along one axis.  xs: each (*A, D_i, *B) → y: (*A, ΣD_i, *B)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(*xs: Values, axis: int) -> tuple[Values, tuple[list[int], int]]:
    """The arrays one behind the other, and where each ends."""
    ends = [int(end) for end in np.cumsum([x.shape[axis] for x in xs])]
    return np.concatenate(xs, axis=axis), (ends[:-1], axis)


def backward(dy: Values, cache: tuple[list[int], int]) -> tuple[Values, ...]:
    """Each array takes back its own part of the upstream."""
    ends, axis = cache
    return tuple(part.copy() for part in np.split(dy, ends, axis=axis))


def reference(*xs: Any, axis: int) -> Any:
    """Each array times the rows of the identity that place it in the whole."""
    xp = namespace(xs[0])
    total, start, placed = sum(x.shape[axis] for x in xs), 0, []
    for x in xs:
        places = xp.eye(x.shape[axis], total, k=start, dtype=x.dtype)
        placed.append(xp.moveaxis(xp.tensordot(x, places, axes=((axis,), (0,))), -1, axis))
        start += x.shape[axis]
    return sum(placed[1:], placed[0])


concat = Op(
    "concat",
    forward,
    backward,
    reference,
    inputs={"xs": Several(Array("*A ?D *B"))},
    settings={"axis": rank("A")},
    formula="y = xs[0] ⧺ xs[1] ⧺ …",
    source="array API standard, concat",
    aliases={
        "Caffe": "Concat",
        "torch": "cat",
        "JAX": "concatenate",
        "Chainer": "concat",
        "thinc": "concatenate",
        "MyGrad": "concatenate",
    },
)
