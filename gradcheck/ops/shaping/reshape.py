"""Another shape for the same elements in row-major order.  x: (*A, 6*D, *B) → y: shape; -1 is what is left over.

The six lets the shapes that are examined divide the elements; forward takes any shape that fits.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(x: Values, shape: tuple[int, ...]) -> tuple[Values, tuple[int, ...]]:
    """The elements in their new shape, and the old one."""
    return x.reshape(shape).copy(), x.shape


def backward(dy: Values, shape: tuple[int, ...]) -> Values:
    """The upstream in the old shape."""
    return dy.reshape(shape).copy()


def reference(x: Any, shape: tuple[int, ...]) -> Any:
    """The definition."""
    return namespace(x).reshape(x, tuple(shape))


reshape = Op(
    "reshape",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A 6*D *B")},
    settings={"shape": choice((-1,), (2, -1), (-1, 3), (3, -1, 2), (1, 6, -1))},
    formula="y = the elements of x in row-major order, in another shape",
    source="array API standard, reshape",
    aliases={"Caffe": "Reshape", "torch": "reshape", "JAX": "reshape", "Chainer": "reshape", "MyGrad": "reshape"},
)
