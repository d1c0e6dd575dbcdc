"""Contrastive loss of pairs: loss = Σ_n (y d² + (1 - y) max(margin - d, 0)²) / 2N, d = ‖a[n] - b[n]‖.

a, b: (N, D), y: (N,), 1 for pairs that are alike, else 0 → loss: ().  Of an empty batch: 0.  legacy takes
max(margin - d², 0) for unlike pairs.  Caffe's backward divides by d + 1e-4, which is inexact; here it is d.  Kinks
where d = 0 (legacy: d² = margin) for unlike pairs; there the gradient is zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import bits
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(a: Values, b: Values, y: Values, margin: float, legacy: bool) -> tuple[Values, Any]:
    """The loss, and what backward needs: the differences with the slope of each pair's loss along them."""
    apart, count = a - b, max(len(a), 1)
    squares = np.square(apart).sum(axis=1)
    d = np.sqrt(squares)
    lacking = np.maximum(margin - (squares if legacy else d), 0)
    losses = np.where(y > 0, squares, lacking if legacy else np.square(lacking))
    slopes = np.sign(lacking) if legacy else np.where(d > 0, lacking / np.where(d > 0, d, 1), 0)
    return np.asarray(losses.sum() / (2 * count)), (apart, np.where(y > 0, 1, -slopes).astype(a.dtype), count)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values, None]:
    """(a - b) / N for pairs that are alike, -(margin - d) (a - b) / (d N) for others nearer than the margin."""
    apart, slopes, count = cache
    da = dloss / count * slopes[:, None] * apart
    return da, -da, None


def reference(a: Any, b: Any, y: Any, margin: float, legacy: bool) -> Any:
    """The definition."""
    xp = namespace(a)
    squares = xp.sum((a - b) ** 2, axis=1)
    if legacy:
        unlike = xp.maximum(margin - squares, 0 * squares)
    else:  # the root of none but unlike pairs, since its slope at 0 is infinite
        d = xp.sqrt(xp.where(y == 0, squares, squares + 1))
        unlike = xp.maximum(margin - d, 0 * d) ** 2
    return xp.sum(xp.where(y == 0, unlike, squares)) / (2 * a.shape[0])


def kinks(a: Values, b: Values, y: Values, margin: float, legacy: bool) -> Values:
    """The distance of each unlike pair; of legacy, what its square lacks of the margin."""
    squares = np.square(a - b).sum(axis=1)
    return np.where(y > 0, np.inf, margin - squares if legacy else np.sqrt(squares))


contrastive_loss = Op(
    "contrastive_loss",
    forward,
    backward,
    reference,
    inputs={"a": Array("N D"), "b": Array("N D"), "y": Array("N", bits())},
    outputs=("loss",),
    settings={"margin": choice(1.0, 2.0), "legacy": choice(False, True)},
    kinks=kinks,
    convention="zero",
    formula="loss = Σ_n (y d² + (1 - y) max(margin - d, 0)²) / 2N, d = ‖a - b‖",
    source="Hadsell, Chopra and LeCun 2006; as Caffe, ContrastiveLossLayer, with its legacy_version",
    aliases={"Caffe": "ContrastiveLoss", "Chainer": "contrastive"},
)
