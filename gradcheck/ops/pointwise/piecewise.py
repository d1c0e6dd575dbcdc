"""Functions of one variable made of straight pieces, y = f(x) for each element.  x: (*S) → y: (*S), dx = dy f'(x)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.settings import choice

abs = pointwise(
    "abs",
    value=np.abs,
    slope=lambda x, y: np.sign(x),
    reference=lambda x: namespace(x).maximum(x, -x),
    kinks=lambda x: x,
    convention="zero",
    formula="y = |x|",
    source="definition; slope sign(0) = 0 at 0",
    aliases={"Caffe": "AbsVal", "torch": "abs", "JAX": "abs", "Chainer": "absolute", "MyGrad": "abs"},
)


def forward(x: Values, min: float, max: float) -> tuple[Values, Values]:
    """x moved to the nearer bound where it lies outside, and where it lies strictly inside."""
    return np.clip(x, min, max), (x > min) & (x < max)


def backward(dy: Values, inside: Values) -> Values:
    """dx = dy strictly inside, zero elsewhere."""
    return dy * inside


def reference(x: Any, min: float, max: float) -> Any:
    """The definition by cases."""
    xp = namespace(x)
    return xp.where(x < min, min, xp.where(x > max, max, x))


clip = Op(
    "clip",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S")},
    settings={"min": choice(-1.0, -2.0), "max": choice(1.0, 3.0)},
    kinks=lambda x, min, max: np.minimum(x - min, max - x),
    convention="zero",
    formula="y = min(max(x, lower), upper)",
    source="array API standard, clip; slope 0 on the bounds themselves",
    aliases={
        "Caffe": "Clip",
        "torch": "clamp clip",
        "JAX": "clip",
        "Chainer": "clip",
        "thinc": "clipped_linear",
        "MyGrad": "clip",
    },
)
