"""x cut to the size of another array, whose elements do not matter: y[…, i, j] = x[…, offset_h + i, offset_w + j].

x: (*A, H, W), like: (*A, K, L) → y: (*A, K, L).  From number axis on, every axis is cut, by its own offset.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank, whole


def forward(x: Values, like: Values, axis: int, offset: tuple[int, ...]) -> tuple[Values, Any]:
    """The part of x that begins at the offsets, and where it was cut from."""
    lengths = like.shape[axis:]
    cut = tuple(np.s_[start : start + length] for start, length in zip(offset, lengths, strict=True))
    place = (*[np.s_[:]] * axis, *cut)
    return x[place].copy(), (x.shape, place)


def backward(dy: Values, cache: Any) -> tuple[Values, None]:
    """The upstream where it was cut, zero elsewhere."""
    shape, place = cache
    dx = np.zeros(shape, dy.dtype)
    dx[place] = dy
    return dx, None


def reference(x: Any, like: Any, axis: int, offset: tuple[int, ...]) -> Any:
    """The elements by their indices, one axis at a time."""
    xp = namespace(x)
    for i, start in enumerate(offset):
        x = xp.take(x, start + xp.arange(like.shape[axis + i]), axis=axis + i)
    return x


crop = Op(
    "crop",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A H W"), "like": Array("*A K L", gradient=False)},
    settings={"axis": rank("A"), "offset": choice((0, 0), (1, 0), (0, 2), (2, 1))},
    sizes={"H": whole("K+2", None), "W": whole("L+2", None)},
    formula="y = x[offset : offset + length] along each axis from axis on, the lengths being those of like",
    source="Caffe, CropLayer",
    aliases={"Caffe": "Crop"},
)
