"""Loss of the soft intersection over union of each row: loss_n = 1 - (Σ p t + s) / (Σ (p + t - p t) + s), s = smooth.

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
    """The loss, as the share of the union outside of the intersection, and what backward needs."""
    union = (p + t * (1 - p)).sum(axis=1) + smooth
    iou = ((p * t).sum(axis=1) + smooth) / union
    return (p * (1 - t) + t * (1 - p)).sum(axis=1) / union, (p, t, iou, union)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """(I (1 - t) - t) / union for p and the same with p for t, I = 1 - loss."""
    p, t, iou, union = cache
    each, iou = (dloss / union)[:, None], iou[:, None]
    return each * (iou * (1 - t) - t), each * (iou * (1 - p) - p)


def reference(p: Any, t: Any, smooth: float) -> Any:
    """The definition."""
    xp = namespace(p)
    return 1 - (xp.sum(p * t, axis=1) + smooth) / (xp.sum(p + t - p * t, axis=1) + smooth)


iou_loss = Op(
    "iou_loss",
    forward,
    backward,
    reference,
    inputs={"p": Array("N D", real(0, 1)), "t": Array("N D", real(0, 1))},
    outputs=("loss",),
    settings={"smooth": choice(1.0, 0.5)},
    batch="N",
    formula="loss_n = 1 - (Σ p t + s) / (Σ (p + t - p t) + s)",
    source="Rahman and Wang 2016, Optimizing intersection-over-union in deep neural networks, with smoothing",
)
