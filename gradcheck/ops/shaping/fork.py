"""One value that is used twice: y = x and z = x.  x: (*S) → y, z: (*S).  Gradients add at forks."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values) -> tuple[tuple[Values, Values], None]:
    """Two copies; backward needs nothing of them."""
    return (x.copy(), x.copy()), None


def backward(upstream: tuple[Values, Values], cache: None) -> Values:
    """The chain rule with several variables: what comes back along both branches adds up."""
    dy, dz = upstream
    return np.asarray(dy + dz)


def reference(x: Any) -> tuple[Any, Any]:
    """The definition."""
    return x, x


fork = Op(
    "fork",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S")},
    outputs=("y", "z"),
    formula="y = z = x",
    source="CS231n lecture 4, gradients add at branches; Caffe's split layer",
    aliases={"Caffe": "Split"},
)
