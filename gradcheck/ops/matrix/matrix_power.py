"""Power of square matrices: y = aⁿ, a⁰ the identity.  a: (*B, D, D) → y: (*B, D, D)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole


def forward(a: Values, n: int) -> tuple[Values, tuple[Values, int]]:
    """The power, with its base and its exponent."""
    return np.array(np.linalg.matrix_power(a, n)), (a, n)


def backward(dy: Values, cache: tuple[Values, int]) -> Values:
    """da = Σ_k (aᵀ)^k dy (aᵀ)^(n-1-k): every factor gathers the upstream between those on its two sides."""
    a, n = cache
    da = np.zeros(dy.shape, dy.dtype)
    for k in range(n):
        before, behind = (np.linalg.matrix_power(np.swapaxes(a, -1, -2), times) for times in (k, n - 1 - k))
        da += before @ dy @ behind
    return da


def reference(a: Any, n: int) -> Any:
    """The definition, one factor after the other."""
    xp = namespace(a)
    y = xp.broadcast_to(xp.eye(a.shape[-1], dtype=a.dtype), a.shape)
    for _ in range(n):
        y = xp.sum(y[..., :, :, None] * a[..., None, :, :], axis=-2)
    return y


matrix_power = Op(
    "matrix_power",
    forward,
    backward,
    reference,
    inputs={"a": Array("*B D D")},
    settings={"n": whole(0, 4)},
    formula="y = aⁿ",
    source="product rule, as numpy.linalg.matrix_power",
    aliases={"torch": "matrix_power", "JAX": "matrix_power"},
)
