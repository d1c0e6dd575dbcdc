"""Cosine similarity over the last axis: y = x1·x2 / (max(‖x1‖, eps) max(‖x2‖, eps)).  x1, x2: (N, *S, D) → y: (N, *S).

A row shorter than eps is divided by eps, and its gradient goes along the other row; torch's is as if there were no
eps.  Kinks where a row has the length eps.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def lengths(x: Values) -> Values:
    """The length of each row.  (N, *S, D) → (N, *S, 1)."""
    return np.asarray(np.sqrt(np.square(x).sum(axis=-1, keepdims=True)))


def forward(x1: Values, x2: Values, eps: float) -> tuple[Values, Any]:
    """The cosines, with the rows divided by their lengths, and these."""
    n1, n2 = (np.maximum(lengths(x), eps) for x in (x1, x2))
    u1, u2 = x1 / n1, x2 / n2
    y = (u1 * u2).sum(axis=-1)
    return y, (u1, u2, n1, n2, lengths(x1) > eps, lengths(x2) > eps)


def backward(dy: Values, cache: Any) -> tuple[Values, Values]:
    """(u2 - y u1) / ‖x1‖ and (u1 - y u2) / ‖x2‖, u = x / ‖x‖; without the second term for a row below eps."""
    u1, u2, n1, n2, long1, long2 = cache
    y = (u1 * u2).sum(axis=-1, keepdims=True)
    dy = dy[..., None]
    return dy * (u2 - long1 * y * u1) / n1, dy * (u1 - long2 * y * u2) / n2


def reference(x1: Any, x2: Any, eps: float) -> Any:
    """The definition."""
    xp = namespace(x1)
    n1, n2 = (xp.sqrt(xp.maximum(xp.sum(x**2, axis=-1), eps**2 + 0 * x[..., 0])) for x in (x1, x2))
    return xp.sum(x1 * x2, axis=-1) / (n1 * n2)


cosine_similarity = Op(
    "cosine_similarity",
    forward,
    backward,
    reference,
    inputs={"x1": Array("N *S D"), "x2": Array("N *S D")},
    settings={"eps": choice(1e-8, 1.0)},
    batch="N",
    kinks=lambda x1, x2, eps: np.concatenate([lengths(x1) - eps, lengths(x2) - eps], axis=-1),
    formula="y = x1·x2 / (max(‖x1‖, eps) max(‖x2‖, eps)) over the last axis",
    source="torch.nn.functional.cosine_similarity",
    aliases={"torch": "cosine_similarity", "thinc": "CosineDistance"},
)
