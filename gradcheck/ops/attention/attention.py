"""Scaled dot-product attention: y = softmax(q kᵀ / √D) v, the softmax over the keys of each query.

q: (N, T, D), k: (N, S, D), v: (N, S, M) → y: (N, T, M).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def transposed(x: Values) -> Values:
    """The last two axes exchanged."""
    return np.swapaxes(x, -1, -2)


def forward(q: Values, k: Values, v: Values) -> tuple[Values, Any]:
    """The weighted values, the largest score of each query taken away before the exponential."""
    scores = q @ transposed(k) / np.sqrt(q.dtype.type(q.shape[-1]))
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    return weights @ v, (q, k, v, weights)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """Through the product with the values, the softmax of each query, and the scaled product of queries and keys."""
    q, k, v, weights = cache
    dweights = dy @ transposed(v)
    dscores = weights * (dweights - (dweights * weights).sum(axis=-1, keepdims=True))
    dscores /= np.sqrt(q.dtype.type(q.shape[-1]))
    return dscores @ k, transposed(dscores) @ q, transposed(weights) @ dy


def reference(q: Any, k: Any, v: Any) -> Any:
    """The definition, each product written out, the softmax by its logarithm."""
    xp = namespace(q)
    depth = xp.astype(xp.asarray(q.shape[2]), q.dtype)
    scores = xp.sum(q[:, :, None, :] * k[:, None, :, :], axis=3) / xp.sqrt(depth)
    top = xp.max(scores, axis=2, keepdims=True)
    log_sum = top + xp.log(xp.sum(xp.exp(scores - top), axis=2, keepdims=True))
    return xp.sum(xp.exp(scores - log_sum)[:, :, :, None] * v[:, None, :, :], axis=2)


attention = Op(
    "attention",
    forward,
    backward,
    reference,
    inputs={"q": Array("N T D"), "k": Array("N S D"), "v": Array("N S M")},
    batch="N",
    formula="y = softmax(q kᵀ / √D) v",
    source="Vaswani et al. 2017, equation 1",
    aliases={"torch": "scaled_dot_product_attention", "JAX": "dot_product_attention"},
)
