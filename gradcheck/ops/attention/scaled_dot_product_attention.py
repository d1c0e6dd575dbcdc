"""Attention with heads, a bias, and keys that are left out: y = softmax(scale q kᵀ + bias) v over the keys allowed.

q: (N, H, T, D), k: (N, H, S, D), v: (N, H, S, M), bias: (T, S), added to the scores, key_mask: (N, S), False where a
key is padding, the first of each row being True → y: (N, H, T, M).  causal: a query sees no later key; scale: 1 / √D
where it is None.  A query without any key is undefined: torch gives 0, JAX the mean of v.  jax.nn.dot_product_attention
computes its softmax in float32 even where arrays are float64.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import Domain, booleans
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.declaration.shape import NameValues
from gradcheck.ops.attention.weighting import leave_out, look_back, make_scale, transpose, weigh, weigh_back


def allow_first_key(points: Values, names: NameValues) -> Values:
    """Booleans, of which the first of each row is True."""
    return booleans().map(points, names) | (np.arange(points.shape[-1]) == 0)


def forward(
    q: Values, k: Values, v: Values, bias: Values, key_mask: Values, causal: bool, scale: float | None
) -> tuple[Values, Any]:
    """The weighted values of the keys that are allowed."""
    factor = make_scale(q) if scale is None else q.dtype.type(scale)
    allowed = key_mask[:, None, None, :]
    if causal:
        allowed = allowed & look_back(q.shape[2], k.shape[2])
    weights = weigh(leave_out(factor * (q @ transpose(k)) + bias, allowed))
    return weights @ v, (q, k, v, weights, factor)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values, Values, None]:
    """Through the product with the values and the softmax to the bias, and to queries and keys."""
    q, k, v, weights, factor = cache
    dscores = weigh_back(dy @ transpose(v), weights)
    dproducts = factor * dscores
    return dproducts @ k, transpose(dproducts) @ q, transpose(weights) @ dy, dscores.sum(axis=(0, 1)), None


def reference(q: Any, k: Any, v: Any, bias: Any, key_mask: Any, causal: bool, scale: float | None) -> Any:
    """The definition, each product written out, keys that are left out with the weight zero."""
    xp = namespace(q)
    depth = xp.astype(xp.asarray(q.shape[3]), q.dtype)
    products = xp.sum(q[:, :, :, None, :] * k[:, :, None, :, :], axis=4)
    scores = (products / xp.sqrt(depth) if scale is None else scale * products) + bias
    seen = xp.broadcast_to(key_mask[:, None, None, :], scores.shape)
    if causal:
        seen = seen & (xp.arange(q.shape[2])[:, None] >= xp.arange(k.shape[2]))
    top = xp.max(xp.where(seen, scores, -xp.inf), axis=3, keepdims=True)
    parts = xp.exp(xp.where(seen, scores - top, 0.0)) * xp.astype(seen, q.dtype)
    weights = parts / xp.sum(parts, axis=3, keepdims=True)
    return xp.sum(weights[:, :, :, :, None] * v[:, :, None, :, :], axis=3)


scaled_dot_product_attention = Op(
    "scaled_dot_product_attention",
    forward,
    backward,
    reference,
    inputs={
        "q": Array("N H T D"),
        "k": Array("N H S D"),
        "v": Array("N H S M"),
        "bias": Array("T S"),
        "key_mask": Array("N S", Domain("booleans, the first True", allow_first_key, gradient=False)),
    },
    settings={"causal": choice(False, True), "scale": choice(None, 0.5)},
    batch="N",
    formula="y = softmax(scale q kᵀ + bias) v over the keys that the mask allows",
    source="Vaswani et al. 2017, equation 1; torch.nn.functional.scaled_dot_product_attention",
    aliases={"torch": "scaled_dot_product_attention", "JAX": "dot_product_attention"},
)
