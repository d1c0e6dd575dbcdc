"""Jensen-Shannon divergence of distributions over the last axis: y = Σ (p log(p/m) + q log(q/m)) / 2, m = (p + q) / 2.

p, q: (N, *S, D), positive → y: (N, *S).  The gradient is that of the formula, whether or not the rows have the sum one.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def log_ratio(p: Values, q: Values) -> Values:
    """log(p/m) as -log(m/p), m/p = 1 + (q - p) / 2p: it keeps its digits where p is near q, and where p is small."""
    return -np.log1p((q - p) / (2 * p))


def forward(p: Values, q: Values) -> tuple[Values, tuple[Values, Values]]:
    """The divergence as Σ m (s artanh s + log(1 - s²) / 2), s = (p - q) / (p + q), and the inputs: the logarithms of
    p/m = 1 + s and q/m = 1 - s would cancel where p is near q."""
    s = (p - q) / (p + q)
    return ((p + q) * (s * np.arctanh(s) + np.log1p(-np.square(s)) / 2)).sum(axis=-1) / 2, (p, q)


def backward(dy: Values, cache: tuple[Values, Values]) -> tuple[Values, Values]:
    """log(p/m) / 2 and log(q/m) / 2: the other terms cancel."""
    p, q = cache
    half = dy[..., None] / 2
    return half * log_ratio(p, q), half * log_ratio(q, p)


def reference(p: Any, q: Any) -> Any:
    """The definition: the mean of the divergences from m."""
    xp, m = namespace(p), (p + q) / 2
    from_p, from_q = (xp.sum(x * (xp.log(x) - xp.log(m)), axis=-1) for x in (p, q))
    return (from_p + from_q) / 2


js_divergence = Op(
    "js_divergence",
    forward,
    backward,
    reference,
    inputs={"p": Array("N *S D", real(0.015625, 1)), "q": Array("N *S D", real(0.015625, 1))},
    batch="N",
    formula="y = Σ (p log(p/m) + q log(q/m)) / 2, m = (p + q) / 2",
    source="Lin 1991, Divergence measures based on the Shannon entropy",
)
