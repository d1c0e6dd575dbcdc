"""Dice loss of each row: loss_n = 1 - (2 Σ p t + s) / (Σ p + Σ t + s), s = smooth.

p, t: (N, D) in [0, 1], the pixels of an image in one row → loss: (N,).
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(p: Values, t: Values, smooth: float) -> tuple[Values, Any]:
    """The loss, as Σ (p + t - 2 p t) over the sum, and what backward needs."""
    whole = (p + t).sum(axis=1) + smooth
    overlap = 2 * (p * t).sum(axis=1) + smooth
    return (p * (1 - t) + t * (1 - p)).sum(axis=1) / whole, (p, t, overlap / whole, whole)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """(D - 2 t) / (Σ p + Σ t + s) for p and the same with p for t, D = 1 - loss."""
    p, t, dice, whole = cache
    each = (dloss / whole)[:, None]
    return each * (dice[:, None] - 2 * t), each * (dice[:, None] - 2 * p)


def reference(p: Any, t: Any, smooth: float) -> Any:
    """The definition."""
    xp = namespace(p)
    return 1 - (2 * xp.sum(p * t, axis=1) + smooth) / (xp.sum(p, axis=1) + xp.sum(t, axis=1) + smooth)


dice_loss = Op(
    "dice_loss",
    forward,
    backward,
    reference,
    inputs={"p": Array("N D", real(0, 1)), "t": Array("N D", real(0, 1))},
    outputs=("loss",),
    settings={"smooth": choice(1.0, 0.5)},
    batch="N",
    formula="loss_n = 1 - (2 Σ p t + s) / (Σ p + Σ t + s)",
    source="Dice 1945; soft as in Sudre et al. 2017, Generalised Dice overlap",
)
