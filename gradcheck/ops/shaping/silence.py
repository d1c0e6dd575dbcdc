"""An input that nothing is made of: y = 0 for any x, so that all its gradients are zero.  xs: each (*S) → y: ()."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op


def forward(*xs: Values) -> tuple[Values, list[tuple[int, ...]]]:
    """The number zero, and the shapes of the inputs."""
    return np.zeros((), xs[0].dtype), [x.shape for x in xs]


def backward(dy: Values, shapes: list[tuple[int, ...]]) -> tuple[Values, ...]:
    """Zeros."""
    return tuple(np.zeros(shape, np.asarray(dy).dtype) for shape in shapes)


def reference(*xs: Any) -> Any:
    """The definition."""
    return namespace(xs[0]).zeros((), dtype=xs[0].dtype)


silence = Op(
    "silence",
    forward,
    backward,
    reference,
    inputs={"xs": Several(Array("*S"))},
    formula="y = 0",
    source="Caffe, SilenceLayer, which has no output",
    aliases={"Caffe": "Silence"},
)
