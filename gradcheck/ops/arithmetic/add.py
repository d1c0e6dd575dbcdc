"""z = x + y, broadcast.  x: (*#S), y: (*#S) → z: (*S).  The add gate hands the upstream on to both: a distributor."""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.arithmetic.broadcasting import unbroadcast


def forward(x: Values, y: Values) -> tuple[Values, tuple[tuple[int, ...], tuple[int, ...]]]:
    """The sum, and the shapes that backward sums back to."""
    return x + y, (x.shape, y.shape)


def backward(dz: Values, shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> tuple[Values, Values]:
    """dx = dz and dy = dz, each summed over the axes along which it was broadcast."""
    return unbroadcast(dz, shapes[0]), unbroadcast(dz, shapes[1])


def reference(x: Any, y: Any) -> Any:
    """The definition."""
    return x + y


add = Op(
    "add",
    forward,
    backward,
    reference,
    inputs={"x": Array("*#S"), "y": Array("*#S")},
    outputs=("z",),
    formula="z = x + y",
    source="definition; broadcasting after the array API standard",
    aliases={"Caffe": "Eltwise", "Chainer": "add", "thinc": "add", "torch": "add", "JAX": "add", "MyGrad": "add"},
)
