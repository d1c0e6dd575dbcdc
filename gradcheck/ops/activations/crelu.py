"""Concatenated ReLU: y = [max(0, x), max(0, -x)] along one axis.  x: (*A, C, *B) → y: (*A, 2 C, *B)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank


def forward(x: Values, axis: int) -> tuple[Values, tuple[Values, int]]:
    """Both rectified signs, one behind the other."""
    return np.concatenate([np.maximum(x, 0), np.maximum(-x, 0)], axis=axis), (x, axis)


def backward(dy: Values, cache: tuple[Values, int]) -> Values:
    """The first half of the upstream where x is above zero, minus the second where it is below."""
    x, axis = cache
    above, below = np.split(dy, 2, axis=axis)
    return above * (x > 0) - below * (x < 0)


def reference(x: Any, axis: int) -> Any:
    """The definition by cases."""
    xp = namespace(x)
    return xp.concat([xp.where(x > 0, x, 0 * x), xp.where(x < 0, -x, 0 * x)], axis=axis)


crelu = Op(
    "crelu",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A C *B")},
    settings={"axis": rank("A")},
    kinks=lambda x, axis: x,
    convention="zero",
    formula="y = max(0, x) ⧺ max(0, -x)",
    source="Shang et al. 2016, Understanding and improving convolutional neural networks via CReLU, definition 2.1",
    aliases={"Chainer": "crelu"},
)
