"""A linear map of each of two inputs: y_nm = Σ_de x1_nd w_mde x2_ne + b_m.

x1: (N, D), x2: (N, E), w: (M, D, E), b: (M,) → y: (N, M).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x1: Values, x2: Values, w: Values, b: Values) -> tuple[Values, tuple[Values, Values, Values]]:
    """The form of each output, and what it was computed from."""
    return np.einsum("nd,mde,ne->nm", x1, w, x2) + b, (x1, x2, w)


def backward(dy: Values, cache: tuple[Values, Values, Values]) -> tuple[Values, Values, Values, Values]:
    """Each factor gathers the upstream times the two others, and b the upstream over the batch."""
    x1, x2, w = cache
    dx1 = np.einsum("nm,mde,ne->nd", dy, w, x2)
    dx2 = np.einsum("nm,mde,nd->ne", dy, w, x1)
    dw = np.einsum("nm,nd,ne->mde", dy, x1, x2)
    return dx1, dx2, dw, dy.sum(axis=0)


def reference(x1: Any, x2: Any, w: Any, b: Any) -> Any:
    """The definition, one sum after the other."""
    xp = namespace(x1)
    return xp.sum(xp.sum(x1[:, None, :, None] * w * x2[:, None, None, :], axis=3), axis=2) + b


bilinear = Op(
    "bilinear",
    forward,
    backward,
    reference,
    inputs={"x1": Array("N D"), "x2": Array("N E"), "w": Array("M D E"), "b": Array("M")},
    batch="N",
    formula="y_nm = Σ_de x1_nd w_mde x2_ne + b_m",
    source="torch.nn.functional.bilinear",
    aliases={"Chainer": "bilinear", "torch": "bilinear"},
)
