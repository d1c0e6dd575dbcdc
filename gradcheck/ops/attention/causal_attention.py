"""Causal attention: y_t = Σ_{s ≤ t} w_ts v_s, w_t = softmax over s ≤ t of q_t · k_s / √D: no query sees a later key.

q: (N, T, D), k: (N, T, D), v: (N, T, M) → y: (N, T, M).
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.attention.weighting import leave_out, look_back, make_scale, transpose, weigh, weigh_back


def forward(q: Values, k: Values, v: Values) -> tuple[Values, Any]:
    """The weighted values of the keys up to each query."""
    scale = make_scale(q)
    scaled = scale * q
    weights = weigh(leave_out(scaled @ transpose(k), look_back(q.shape[1], k.shape[1])))
    return weights @ v, (scale, scaled, k, v, weights)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """Through the product with the values, the softmax of each query, and the product of queries and keys."""
    scale, scaled, k, v, weights = cache
    dscores = weigh_back(dy @ transpose(v), weights)
    return scale * (dscores @ k), transpose(dscores) @ scaled, transpose(weights) @ dy


def reference(q: Any, k: Any, v: Any) -> Any:
    """The definition, each product written out, later keys with the weight zero."""
    xp = namespace(q)
    depth = xp.astype(xp.asarray(q.shape[2]), q.dtype)
    scores = xp.sum(q[:, :, None, :] * k[:, None, :, :], axis=3) / xp.sqrt(depth)
    seen = xp.arange(q.shape[1])[:, None] >= xp.arange(k.shape[1])
    top = xp.max(xp.where(seen, scores, -xp.inf), axis=2, keepdims=True)
    parts = xp.exp(xp.where(seen, scores - top, 0.0)) * xp.astype(seen, q.dtype)
    weights = parts / xp.sum(parts, axis=2, keepdims=True)
    return xp.sum(weights[:, :, :, None] * v[:, None, :, :], axis=2)


causal_attention = Op(
    "causal_attention",
    forward,
    backward,
    reference,
    inputs={"q": Array("N T D"), "k": Array("N T D"), "v": Array("N T M")},
    batch="N",
    formula="y_t = Σ_{s ≤ t} softmax_{s ≤ t}(q_t · k_s / √D) v_s",
    source="Vaswani et al. 2017, section 3.2.3; torch.nn.functional.scaled_dot_product_attention with is_causal=True",
    aliases={"torch": "scaled_dot_product_attention", "JAX": "dot_product_attention"},
)
