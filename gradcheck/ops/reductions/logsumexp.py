"""Logarithm of a sum of exponentials: y = log Σ_d e^x_d.  x: (*A, D, *B) → y: (*A, *B), or (*A, 1, *B) with keepdims.

The largest element is taken out before the exponential, which would overflow.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank
from gradcheck.ops.reductions.axes import drop_axis, restore_axis


def forward(x: Values, axis: int, keepdims: bool) -> tuple[Values, tuple[Values, int, bool]]:
    """The logarithm of the sum, and the shares."""
    largest = x.max(axis=axis, keepdims=True)
    exponentials = np.exp(x - largest)
    total = exponentials.sum(axis=axis, keepdims=True)
    return drop_axis(largest + np.log(total), axis, keepdims), (exponentials / total, axis, keepdims)


def backward(dy: Values, cache: tuple[Values, int, bool]) -> Values:
    """Each element takes its share of the upstream, the softmax of x."""
    shares, axis, keepdims = cache
    return restore_axis(dy, axis, keepdims) * shares


def reference(x: Any, axis: int, keepdims: bool) -> Any:
    """The definition."""
    xp = namespace(x)
    return xp.log(xp.sum(xp.exp(x), axis=axis, keepdims=keepdims))


logsumexp = Op(
    "logsumexp",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={"axis": rank("A"), "keepdims": choice(False, True)},
    formula="y = log Σ e^x over axis",
    source="definition, as torch.logsumexp",
    aliases={"torch": "logsumexp", "JAX": "logsumexp", "Chainer": "logsumexp"},
)
