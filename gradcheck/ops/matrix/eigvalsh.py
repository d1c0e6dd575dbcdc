"""Eigenvalues of symmetric matrices in rising order.  a: (*B, D, D) → y: (*B, D).

Of a the symmetric part (a + aᵀ) / 2 is taken, so that its gradient is symmetric.  Where two eigenvalues meet, each
has a kink; here they are apart.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.matrix.spectrum import separated_spectrum, take_symmetric_part


def forward(a: Values) -> tuple[Values, Values]:
    """The eigenvalues, and the eigenvectors for backward."""
    y, vectors = np.linalg.eigh(take_symmetric_part(a))
    return y, vectors


def backward(dy: Values, vectors: Values) -> Values:
    """da = Σ_k dy_k v_k v_kᵀ."""
    return (vectors * dy[..., None, :]) @ np.swapaxes(vectors, -1, -2)


def reference(a: Any) -> Any:
    """The function of the standard."""
    xp = namespace(a)
    return xp.linalg.eigvalsh((a + xp.moveaxis(a, -1, -2)) / 2)


eigvalsh = Op(
    "eigvalsh",
    forward,
    backward,
    reference,
    inputs={"a": Array("*B D D", separated_spectrum())},
    formula="det(a - y_k) = 0, y_1 < … < y_D",
    source="array API standard, linalg.eigvalsh; Giles 2008, Collected matrix derivative results, eigenvalues",
    aliases={"torch": "eigvalsh", "JAX": "eigvalsh"},
)
