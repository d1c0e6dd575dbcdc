"""Coefficient of determination: y = mean over d of 1 - Σ_n (x_nd - t_nd)² / Σ_n (t_nd - mean t_d)².

predictions x, targets t: (N, D), N at least 2, the targets of a column not all equal → y: ().  It is differentiable in
both, though libraries take it for a measure without a gradient.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import distinct
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole


def forward(x: Values, t: Values) -> tuple[Values, Any]:
    """The coefficient, with the errors, the deviations of the targets, and their sums of squares."""
    errors, deviations = x - t, t - t.mean(axis=0)
    spread = np.square(deviations).sum(axis=0)
    unexplained = np.square(errors).sum(axis=0) / spread
    return np.asarray(1 - unexplained.mean()), (errors, deviations, unexplained, spread)


def backward(dy: Values, cache: Any) -> tuple[Values, Values]:
    """-2 (x - t) / (D spread) for x, its negative for t, of which the deviations take away what explains more."""
    errors, deviations, unexplained, spread = cache
    scale = 2 * dy / spread.size / spread
    return -scale * errors, scale * (errors + unexplained * deviations)


def reference(x: Any, t: Any) -> Any:
    """The definition."""
    xp = namespace(x)
    spread = xp.sum((t - xp.mean(t, axis=0)) ** 2, axis=0)
    return xp.mean(1 - xp.sum((x - t) ** 2, axis=0) / spread)


r2_score = Op(
    "r2_score",
    forward,
    backward,
    reference,
    inputs={"x": Array("N D"), "t": Array("N D", distinct())},
    sizes={"N": whole(2, None)},
    formula="y = mean_d (1 - Σ_n (x - t)² / Σ_n (t - mean t)²)",
    source="definition, as chainer.functions.r2_score with multioutput='uniform_average'",
    aliases={"Chainer": "r2_score"},
)
