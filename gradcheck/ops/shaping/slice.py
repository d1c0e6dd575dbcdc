"""Every step-th element of one axis, from start up to but not including stop: y_i = x_{start + i step}.

x: (*A, D, *B) → y: (*A, ⌈(min(stop, D) - start) / step⌉, *B).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank, whole


def forward(x: Values, axis: int, start: int, stop: int, step: int) -> tuple[Values, Any]:
    """The slice, and where it was cut from."""
    place = (*[np.s_[:]] * axis, np.s_[start:stop:step])
    return x[place].copy(), (x.shape, place)


def backward(dy: Values, cache: Any) -> Values:
    """The upstream where the slice was cut, zero elsewhere."""
    shape, place = cache
    dx = np.zeros(shape, dy.dtype)
    dx[place] = dy
    return dx


def reference(x: Any, axis: int, start: int, stop: int, step: int) -> Any:
    """The elements by their indices."""
    xp = namespace(x)
    return xp.take(x, xp.arange(start, min(stop, x.shape[axis]), step), axis=axis)


slice = Op(
    "slice",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={
        "axis": rank("A"),
        "start": whole(0, 2),
        "stop": whole("start+1", "start+4"),
        "step": whole(1, 3),
    },
    sizes={"D": whole("start+1", None)},
    formula="y = x[start:stop:step] along axis",
    source="array API standard, indexing; Caffe's slice layer",
    aliases={"Caffe": "Slice", "JAX": "slice", "Chainer": "get_item", "thinc": "array_getitem"},
)
