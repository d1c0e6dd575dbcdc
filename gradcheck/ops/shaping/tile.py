"""All of an axis, several times over: y = x ⧺ x ⧺ … along axis.  x: (*A, D, *B) → y: (*A, tiles D, *B)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank, whole


def forward(x: Values, axis: int, tiles: int) -> tuple[Values, Any]:
    """The copies one behind the other."""
    return np.concatenate([x] * tiles, axis=axis), (x.shape, axis, tiles)


def backward(dy: Values, cache: Any) -> Values:
    """Each element gathers the upstream of all its copies."""
    shape, axis, tiles = cache
    return dy.reshape(*shape[:axis], tiles, *shape[axis:]).sum(axis=axis)


def reference(x: Any, axis: int, tiles: int) -> Any:
    """Element i of y is element i mod D of x."""
    xp = namespace(x)
    return xp.take(x, xp.arange(tiles * x.shape[axis]) % x.shape[axis], axis=axis)


tile = Op(
    "tile",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A"), "tiles": whole(1, 3)},
    formula="y_i = x_{i mod D} along axis",
    source="Caffe, TileLayer; numpy.tile along one axis",
    aliases={"Caffe": "Tile", "torch": "tile", "JAX": "tile", "Chainer": "tile"},
)
