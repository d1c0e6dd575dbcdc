"""Tversky loss of each row: loss_n = 1 - (TP + s) / (TP + alpha FP + beta FN + s), s = smooth.

p, t: (N, D) in [0, 1], the pixels of an image in one row → loss: (N,).  TP = Σ p t, FP = Σ p (1 - t), FN = Σ (1 - p) t;
alpha = beta = 1/2 gives the Dice loss, alpha = beta = 1 that of the intersection over union.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(p: Values, t: Values, alpha: float, beta: float, smooth: float) -> tuple[Values, Any]:
    """The loss, as the share of what is wrong, and what backward needs."""
    wrong = (alpha * p * (1 - t) + beta * (1 - p) * t).sum(axis=1)
    right = (p * t).sum(axis=1) + smooth
    return wrong / (right + wrong), (p, t, alpha, beta, right, wrong)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """(right dwrong - wrong dright) / (right + wrong)²."""
    p, t, alpha, beta, right, wrong = cache
    each = (dloss / np.square(right + wrong))[:, None]
    right, wrong = right[:, None], wrong[:, None]
    dp = right * (alpha * (1 - t) - beta * t) - wrong * t
    dt = right * (beta * (1 - p) - alpha * p) - wrong * p
    return each * dp, each * dt


def reference(p: Any, t: Any, alpha: float, beta: float, smooth: float) -> Any:
    """The definition."""
    xp = namespace(p)
    tp, fp, fn = (xp.sum(x, axis=1) for x in (p * t, p * (1 - t), (1 - p) * t))
    return 1 - (tp + smooth) / (tp + alpha * fp + beta * fn + smooth)


tversky_loss = Op(
    "tversky_loss",
    forward,
    backward,
    reference,
    inputs={"p": Array("N D", real(0, 1)), "t": Array("N D", real(0, 1))},
    outputs=("loss",),
    settings={"alpha": choice(0.5, 0.3), "beta": choice(0.5, 0.7), "smooth": choice(1.0, 0.5)},
    batch="N",
    formula="loss_n = 1 - (TP + s) / (TP + alpha FP + beta FN + s)",
    source="Salehi, Erdogmus and Gholipour 2017, eq. 4, with smoothing",
)
