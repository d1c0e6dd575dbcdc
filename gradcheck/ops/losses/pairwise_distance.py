"""Distance of two rows: y = (Σ_d |x1_d - x2_d + eps|^p)^(1/p) over the last axis.  x1, x2: (N, *S, D) → y: (N, *S), or
(N, *S, 1) with keepdims.  Kinks where the distance is 0, for p = 1 where a term is; there the gradient is zero."""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.distances import distance_kinks, distances, slopes


def forward(x1: Values, x2: Values, p: int, eps: float, keepdims: bool) -> tuple[Values, Any]:
    """The distances, and the slopes of each along the differences."""
    apart = x1 - x2 + eps
    y = distances(apart, p)
    return y if keepdims else y[..., 0].copy(), (slopes(apart, p), keepdims)


def backward(dy: Values, cache: Any) -> tuple[Values, Values]:
    """The slopes for x1, their negatives for x2."""
    along, keepdims = cache
    dx1 = (dy if keepdims else dy[..., None]) * along
    return dx1, -dx1


def reference(x1: Any, x2: Any, p: int, eps: float, keepdims: bool) -> Any:
    """The definition, the root of each p by its name."""
    xp, apart = namespace(x1), x1 - x2 + eps
    if p == 2:
        return xp.sqrt(xp.sum(apart**2, axis=-1, keepdims=keepdims))
    y = xp.sum(xp.abs(apart) ** p, axis=-1, keepdims=keepdims)
    return y if p == 1 else xp.exp(xp.log(y) / p)


pairwise_distance = Op(
    "pairwise_distance",
    forward,
    backward,
    reference,
    inputs={"x1": Array("N *S D"), "x2": Array("N *S D")},
    settings={"p": choice(2, 1, 3), "eps": choice(1e-6, 0.0), "keepdims": choice(False, True)},
    batch="N",
    kinks=lambda x1, x2, p, eps, keepdims: distance_kinks(x1 - x2 + eps, p),
    convention="zero",
    formula="y = (Σ |x1 - x2 + eps|^p)^(1/p) over the last axis",
    source="torch.nn.functional.pairwise_distance",
    aliases={"torch": "pairwise_distance"},
)
