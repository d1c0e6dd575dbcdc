"""Divergence of a Gaussian from the standard one, of each element: loss = (μ² + e^v - v - 1) / 2, v the log of the
variance.

mean μ, ln_var v: (*S) → loss: (), or (*S) with reduction="none".
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses


def forward(mean: Values, ln_var: Values, reduction: str) -> tuple[Values, Any]:
    """The loss, and the inputs."""
    losses = (np.square(mean) + (np.expm1(ln_var) - ln_var)) / 2
    loss, divisor = reduce_losses(losses, reduction)
    return loss, (mean, ln_var, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """μ for the mean, (e^v - 1) / 2 for the logarithm of the variance."""
    mean, ln_var, divisor = cache
    each = dloss / divisor
    return np.asarray(each * mean), np.asarray(each / 2 * np.expm1(ln_var))


def reference(mean: Any, ln_var: Any, reduction: str) -> Any:
    """The definition."""
    return reduce_as_defined((mean**2 + namespace(mean).exp(ln_var) - ln_var - 1) / 2, reduction)


gaussian_kl_divergence = Op(
    "gaussian_kl_divergence",
    forward,
    backward,
    reference,
    inputs={"mean": Array("*S"), "ln_var": Array("*S", real(-60, 60))},
    outputs=("loss",),
    settings={"reduction": REDUCTIONS},
    formula="loss = (μ² + e^v - v - 1) / 2",
    source="Kingma and Welling 2013, appendix B",
    aliases={"Chainer": "gaussian_kl_divergence"},
)
