"""Triplet loss: loss_n = max(0, d(a, p) - d(a, n) + margin), d(x, z) = ‖x - z + 1e-6‖.

anchor a, positive p, negative n: (N, D) → loss: (), or (N,) with reduction="none".  swap takes d(p, n) for d(a, n)
where that is less.  Kinks where the margin is met exactly, where a distance is 0, and at a tie of the swap; there the
gradient is zero, zero, and that of d(a, n).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.distances import distances, slopes
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses

EPS = 1e-6  # added to differences as in torch, so that equal rows have a distance above zero


def forward(a: Values, p: Values, n: Values, margin: float, swap: bool, reduction: str) -> tuple[Values, Any]:
    """The loss, and what backward needs: the slopes of each distance, and where it has an effect."""
    near, far, across = a - p + EPS, a - n + EPS, p - n + EPS
    swapped = swap & (distances(across, 2) < distances(far, 2))
    excess = distances(near, 2) - np.where(swapped, distances(across, 2), distances(far, 2)) + margin
    loss, divisor = reduce_losses(np.maximum(excess, 0)[:, 0], reduction)
    active = excess > 0
    return loss, (active * slopes(near, 2), active * slopes(np.where(swapped, across, far), 2), swapped, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values, Values]:
    """The slopes of d(a, p), less those of d(a, n) or d(p, n)."""
    near, far, swapped, divisor = cache
    each = (dloss / divisor)[..., None]
    dnear, dfar = each * near, each * far
    return dnear - ~swapped * dfar, -dnear - swapped * dfar, dfar


def reference(a: Any, p: Any, n: Any, margin: float, swap: bool, reduction: str) -> Any:
    """The definition."""
    xp = namespace(a)
    near, far, across = (xp.sqrt(xp.sum((x - z + EPS) ** 2, axis=1)) for x, z in ((a, p), (a, n), (p, n)))
    far = xp.where(across < far, across, far) if swap else far
    return reduce_as_defined(xp.maximum(near - far + margin, 0 * near), reduction)


def kinks(a: Values, p: Values, n: Values, margin: float, swap: bool, reduction: str) -> Values:
    """What is above the margin, the distances, and the lead of the swap.  → (N, 4)."""
    near, far, across = (distances(x - z + EPS, 2) for x, z in ((a, p), (a, n), (p, n)))
    lead = across - far
    return np.concatenate(
        [near - (np.minimum(far, across) if swap else far) + margin, near, far, lead if swap else np.abs(far)], axis=1
    )


triplet_margin_loss = Op(
    "triplet_margin_loss",
    forward,
    backward,
    reference,
    inputs={"a": Array("N D"), "p": Array("N D"), "n": Array("N D")},
    outputs=("loss",),
    settings={"margin": choice(1.0, 0.5), "swap": choice(False, True), "reduction": REDUCTIONS},
    kinks=kinks,
    formula="loss_n = max(0, ‖a - p‖ - ‖a - n‖ + margin)",
    source="torch.nn.functional.triplet_margin_loss with p=2; swap of Balntas et al. 2016",
    aliases={"torch": "triplet_margin_loss", "Chainer": "triplet"},
)
