"""Negative log-likelihood of a Gaussian: loss = (log v + (x - t)² / v) / 2 of each element, full adds log(2π) / 2.

mean x, target t, variance v: (*S) → loss: (), or (*S) with reduction="none".  The variance is well above zero; torch
takes it for eps where it is below that, with the gradient as if it were not.
"""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import positive
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def forward(x: Values, t: Values, var: Values, full: bool, reduction: str) -> tuple[Values, Any]:
    """The loss, and the differences with the variance."""
    apart = x - t
    losses = (np.log(var) + np.square(apart) / var + full * math.log(2 * math.pi)) / 2
    loss, divisor = reduce_losses(losses, reduction)
    return loss, (apart, var, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values, Values]:
    """(x - t) / v for the mean, its negative for the target, (1 - (x - t)² / v) / 2v for the variance."""
    apart, var, divisor = cache
    each = dloss / divisor / var
    dx = np.asarray(each * apart)
    return dx, -dx, np.asarray(each * (1 - np.square(apart) / var) / 2)


def reference(x: Any, t: Any, var: Any, full: bool, reduction: str) -> Any:
    """The definition, with 2π = 8 atan 1."""
    xp = namespace(x)
    losses = xp.log(var) / 2 + (x - t) ** 2 / (2 * var)
    constant = xp.log(8 * xp.atan(xp.ones((), dtype=x.dtype))) / 2
    return reduce_as_defined(losses + constant if full else losses, reduction)


gaussian_nll_loss = Op(
    "gaussian_nll_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S"), "t": Array("*S"), "var": Array("*S", positive())},
    outputs=("loss",),
    settings={"full": choice(False, True), "reduction": REDUCTIONS},
    formula="loss = (log v + (x - t)² / v) / 2, full adds log(2π) / 2",
    source="Nix and Weigend 1994; as torch.nn.functional.gaussian_nll_loss",
    aliases={"torch": "gaussian_nll_loss", "Chainer": "gaussian_nll"},
)
