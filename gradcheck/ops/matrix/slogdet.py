"""Sign and logarithm of a determinant: sign = ±1, logabsdet = ln |det a|.  a: (*B, D, D) → sign, logabsdet: (*B).

The logarithm is in range where the determinant is not.  The sign is constant, and sends nothing back.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.matrix.elimination import dominant_of_either_sign


def forward(a: Values) -> tuple[tuple[Values, Values], Values]:
    """Sign and logarithm, and the matrix."""
    sign, logabsdet = np.linalg.slogdet(a)
    return (np.asarray(sign), np.asarray(logabsdet)), a


def backward(upstream: tuple[Values, Values], a: Values) -> Values:
    """da = dlogabsdet a⁻ᵀ."""
    dlogabsdet = np.asarray(upstream[1])
    return dlogabsdet[..., None, None] * np.linalg.inv(np.swapaxes(a, -1, -2))


def reference(a: Any) -> tuple[Any, Any]:
    """The definition, by the determinant itself."""
    xp = namespace(a)
    det = xp.linalg.det(a)
    return xp.where(det < 0, -1.0, 1.0), xp.log(xp.where(det < 0, -det, det))


slogdet = Op(
    "slogdet",
    forward,
    backward,
    reference,
    inputs={"a": Array("*B D D", dominant_of_either_sign())},
    sizes={"D": whole(1, 6)},  # the reference eliminates row by row, and is traced for each size
    outputs=("sign", "logabsdet"),
    formula="sign = det a / |det a|, logabsdet = ln |det a|",
    source="array API standard, linalg.slogdet; Giles 2008, Collected matrix derivative results, determinant",
    aliases={"torch": "slogdet", "JAX": "slogdet"},
)
