"""All axes from one on, made one, in row-major order.  x: (*A, D, *B) → y: (*A, D ΠB)."""

import math
from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(x: Values, axis: int) -> tuple[Values, tuple[int, ...]]:
    """The rows, and the shape of x."""
    return x.reshape(*x.shape[:axis], math.prod(x.shape[axis:])).copy(), x.shape


def backward(dy: Values, shape: tuple[int, ...]) -> Values:
    """The upstream in the shape of x."""
    return dy.reshape(shape).copy()


def reference(x: Any, axis: int) -> Any:
    """The definition."""
    return namespace(x).reshape(x, (*x.shape[:axis], -1))


flatten = Op(
    "flatten",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A")},
    formula="y = x with all axes from axis on made one",
    source="Caffe, FlattenLayer; torch.flatten, whose start_dim is axis",
    aliases={"Caffe": "Flatten", "torch": "flatten", "Chainer": "flatten"},
)
