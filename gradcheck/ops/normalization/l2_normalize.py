"""Normalization to length one: y = x / max(‖x‖, eps), ‖x‖ the Euclidean length of each row over the last axis.

x: (N, *S, D) → y: (N, *S, D).  Kinks where ‖x‖ = eps; there the gradient is that of a longer row, zero along
x.  Chainer's normalize divides by ‖x‖ + eps instead.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def length(x: Values) -> Values:
    """‖x‖ over the last axis, which stays."""
    return np.sqrt(np.square(x).sum(axis=-1, keepdims=True))


def forward(x: Values, eps: float) -> tuple[Values, Any]:
    """The output, and what backward needs."""
    y = x / np.maximum(length(x), eps)
    return y, (y.copy(), np.maximum(length(x), eps), length(x) >= eps)


def backward(dy: Values, cache: Any) -> Values:
    """dx = (dy - y Σ dy y) / ‖x‖ for a row that has been brought to length one, dy / eps for a shorter one."""
    y, divisor, long = cache
    return (dy - long * y * (dy * y).sum(axis=-1, keepdims=True)) / divisor


def reference(x: Any, eps: float) -> Any:
    """The definition, the larger taken of the squares."""
    xp = namespace(x)
    squares = xp.sum(x**2, axis=-1, keepdims=True)
    return x / xp.sqrt(xp.maximum(squares, (eps + 0 * squares) ** 2))


l2_normalize = Op(
    "l2_normalize",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S D")},
    settings={"eps": choice(1e-12, 1.0)},
    batch="N",
    kinks=lambda x, eps: length(x) - eps,
    convention="zero",
    aliases={"torch": "normalize"},
    formula="y = x / max(‖x‖, eps), ‖x‖ of each row over the last axis",
    source="torch.nn.functional.normalize with p = 2",
)
