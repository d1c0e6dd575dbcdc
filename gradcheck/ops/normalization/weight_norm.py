"""Weight normalization: w = g v / ‖v‖, the length g and the direction v of each output's weights apart.

v: (M, D, *S), g: (M,) → w: (M, D, *S).  ‖v‖ is over all axes but the first, and not zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import nonzero
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(v: Values, g: Values) -> tuple[Values, Any]:
    """The weights, and the direction, its length before, and g, which backward needs."""
    rows = tuple(range(1, v.ndim))
    norm = np.sqrt(np.square(v).sum(axis=rows, keepdims=True))
    direction, length = v / norm, g.reshape(norm.shape)
    return length * direction, (direction, norm, length, rows)


def backward(dw: Values, cache: Any) -> tuple[Values, Values]:
    """dg = Σ dw v/‖v‖, dv = g/‖v‖ (dw - v/‖v‖ dg): what changes the length of v alone has no effect."""
    direction, norm, length, rows = cache
    dg = (dw * direction).sum(axis=rows)
    return length / norm * (dw - direction * dg.reshape(norm.shape)), dg


def reference(v: Any, g: Any) -> Any:
    """The definition, each output's weights as one row."""
    xp = namespace(v)
    rows = xp.reshape(v, (v.shape[0], -1))
    return xp.reshape(g[:, None] * rows / xp.sqrt(xp.sum(rows**2, axis=1, keepdims=True)), v.shape)


weight_norm = Op(
    "weight_norm",
    forward,
    backward,
    reference,
    inputs={"v": Array("M D *S", nonzero()), "g": Array("M")},
    outputs=("w",),
    aliases={"torch": "weight_norm"},
    formula="w = g v / ‖v‖",
    source="Salimans and Kingma 2016, Weight normalization; the axis as in torch.nn.utils.weight_norm with dim = 0",
)
