"""The largest of several linear maps: y = max_p (x w_p + b_p).  x: (N, D), w: (P, D, M), b: (P, M) → y: (N, M)."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values, w: Values, b: Values) -> tuple[Values, Any]:
    """The largest piece at each place, and which one it is."""
    pieces = x @ w + b[:, None]
    first = np.argmax(pieces, axis=0, keepdims=True)
    return np.take_along_axis(pieces, first, axis=0)[0], (x, w, first)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """The upstream goes to the largest piece, the first on ties, and through its linear map alone."""
    x, w, first = cache
    dpieces = np.zeros((w.shape[0], *dy.shape), dy.dtype)
    np.put_along_axis(dpieces, first, dy[None], axis=0)
    return np.sum(dpieces @ np.swapaxes(w, 1, 2), axis=0), x.T @ dpieces, dpieces.sum(axis=1)


def reference(x: Any, w: Any, b: Any) -> Any:
    """The definition: y_nm = max_p (Σ_d x_nd w_pdm + b_pm)."""
    xp = namespace(x)
    return xp.max(xp.sum(x[:, None, :, None] * w, axis=2) + b, axis=1)


def kinks(x: Values, w: Values, b: Values) -> Values:
    """How far the largest piece is ahead of the next; nothing where there is no next.  → (0 or 1, N, M)."""
    return np.diff(np.sort(x @ w + b[:, None], axis=0)[-2:], axis=0)


maxout = Op(
    "maxout",
    forward,
    backward,
    reference,
    inputs={"x": Array("N D"), "w": Array("P D M"), "b": Array("P M")},
    batch="N",
    kinks=kinks,
    convention="first",
    formula="y = max over pieces of x w + b",
    source="Goodfellow et al. 2013, Maxout networks, eq. 1",
    aliases={"CS231n": "maxout", "Chainer": "maxout", "thinc": "maxout"},
)
