"""Spectral normalization: y = w / σ, σ = uᵀ w v the largest singular value of w, from its singular vectors u and v.

w: (M, D), u: (M,), v: (D,) → y: (M, D).  u and v come from power iteration, which is no part of the layer: they are
constants, so that dσ/dw = u vᵀ, as it is of the singular value itself.  Here w, u and v are positive, as the first
singular vectors of a positive matrix are, so that σ is not zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant, positive
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(w: Values, u: Values, v: Values) -> tuple[Values, Any]:
    """The output, and what backward needs."""
    sigma = u @ w @ v
    return w / sigma, (w / sigma, sigma, u, v)


def backward(dy: Values, cache: Any) -> tuple[Values, None, None]:
    """dw = (dy - Σ dy y · u vᵀ) / σ."""
    y, sigma, u, v = cache
    return (dy - (dy * y).sum() * np.outer(u, v)) / sigma, None, None


def reference(w: Any, u: Any, v: Any) -> Any:
    """The definition, σ element by element."""
    return w / namespace(w).sum(u[:, None] * w * v)


spectral_norm = Op(
    "spectral_norm",
    forward,
    backward,
    reference,
    inputs={
        "w": Array("M D", positive()),
        "u": Array("M", constant(positive())),
        "v": Array("D", constant(positive())),
    },
    aliases={"torch": "spectral_norm"},
    formula="y = w / (uᵀ w v)",
    source="Miyato et al. 2018, Spectral normalization for generative adversarial networks, algorithm 1",
)
