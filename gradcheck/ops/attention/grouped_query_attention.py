"""Grouped-query attention: several heads of queries share one head of keys and values; with one of these, multi-query.

q: (N, H*groups, T, D), k: (N, H, S, D), v: (N, H, S, M) → y: (N, H*groups, T, M).  Head h of the queries goes to head
h // groups of keys and values.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.attention.weighting import make_scale, transpose, weigh, weigh_back


def gather_groups(x: Values, heads: int) -> Values:
    """The heads that share keys and values side by side: (N, H*groups, T, D) → (N, H, groups, T, D)."""
    return x.reshape(x.shape[0], heads, x.shape[1] // heads, *x.shape[2:])


def forward(q: Values, k: Values, v: Values, groups: int) -> tuple[Values, Any]:
    """The weighted values of each head; keys and values are the same for a whole group."""
    scale = make_scale(q)
    scaled = scale * gather_groups(q, k.shape[1])
    weights = weigh(scaled @ transpose(k[:, :, None]))
    y = weights @ v[:, :, None]
    return y.reshape(*q.shape[:3], v.shape[3]), (scale, scaled, k, v, weights, q.shape)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """As in attention; keys and values add up over their group."""
    scale, scaled, k, v, weights, shape = cache
    dy = gather_groups(dy, k.shape[1])
    dscores = weigh_back(dy @ transpose(v[:, :, None]), weights)
    dq = scale * (dscores @ k[:, :, None])
    dk = (transpose(dscores) @ scaled).sum(axis=2)
    dv = (transpose(weights) @ dy).sum(axis=2)
    return dq.reshape(shape), dk, dv


def reference(q: Any, k: Any, v: Any, groups: int) -> Any:
    """Attention with each head of keys and values repeated for its group."""
    xp, depth = namespace(q), q.shape[3]
    numbers = xp.reshape(xp.broadcast_to(xp.arange(k.shape[1])[:, None], (k.shape[1], groups)), (-1,))
    keys, values = xp.take(k, numbers, axis=1), xp.take(v, numbers, axis=1)
    scale = xp.sqrt(xp.astype(xp.asarray(depth), q.dtype))
    scores = xp.sum(q[:, :, :, None] * keys[:, :, None], axis=4) / scale
    parts = xp.exp(scores - xp.max(scores, axis=3, keepdims=True))
    weights = parts / xp.sum(parts, axis=3, keepdims=True)
    return xp.sum(weights[..., None] * values[:, :, None], axis=3)


grouped_query_attention = Op(
    "grouped_query_attention",
    forward,
    backward,
    reference,
    inputs={"q": Array("N H*groups T D"), "k": Array("N H S D"), "v": Array("N H S M")},
    settings={"groups": whole(1, 3)},
    batch="N",
    formula="y_h = softmax(q_h k_gᵀ / √D) v_g, g = h // groups",
    source="Ainslie et al. 2023, GQA; Shazeer 2019, multi-query; heads as in torch, enable_gqa=True",
    aliases={"torch": "scaled_dot_product_attention", "JAX": "dot_product_attention"},
)
