"""Axes in another order: y[i, j, k] = x at the same indices reordered; axis n of y is axis axes[n] of x.

x: (A, B, C) → y: a permutation of these.
"""

from itertools import permutations
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(x: Values, axes: tuple[int, ...]) -> tuple[Values, tuple[int, ...]]:
    """x with its axes permuted."""
    return np.transpose(x, axes).copy(), axes


def backward(dy: Values, axes: tuple[int, ...]) -> Values:
    """The inverse permutation: each axis goes back to where it came from."""
    return np.transpose(dy, np.argsort(axes)).copy()


def reference(x: Any, axes: tuple[int, ...]) -> Any:
    """Axis axes[0] moved to place 0, axes[1] to place 1, and so on."""
    return namespace(x).moveaxis(x, tuple(axes), tuple(range(len(axes))))


transpose = Op(
    "transpose",
    forward,
    backward,
    reference,
    inputs={"x": Array("A B C")},
    settings={"axes": choice(*permutations(range(3)))},
    formula="y = x with its axes permuted",
    source="array API standard, permute_dims; numpy.transpose",
    aliases={"torch": "permute", "JAX": "transpose", "Chainer": "transpose", "MyGrad": "transpose"},
)
