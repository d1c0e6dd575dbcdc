"""Negative log-likelihood of counts t: loss = e^x - t x of each element, x the logarithm of the rate; or x - t log x of
the rate itself.

x: (*S), t: (*S), which has no gradient → loss: (), or (*S) with reduction="none".  full adds Stirling's approximation
of log t!, t log t - t + log(2π t) / 2, where t is above 1.  torch adds 1e-8 to a rate; here it is well above zero.
"""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant, positive, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.reduction import REDUCTIONS, reduce_as_defined, reduce_losses

SETTINGS = {"full": choice(False, True), "reduction": REDUCTIONS}


def approximate_log_factorial(t: Values) -> Values:
    """Stirling's approximation where t is above 1, else 0."""
    above = np.where(t > 1, t, 1)
    return np.where(t > 1, (t + 0.5) * np.log(above) - t + math.log(2 * math.pi) / 2, 0).astype(t.dtype)


def forward(x: Values, t: Values, full: bool, reduction: str) -> tuple[Values, Any]:
    """The loss, and the inputs."""
    losses = np.exp(x) - t * x + full * approximate_log_factorial(t)
    loss, divisor = reduce_losses(losses, reduction)
    return loss, (x, t, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, None]:
    """The rate that is expected less the count."""
    x, t, divisor = cache
    return np.asarray(dloss / divisor * (np.exp(x) - t)), None


def stirling_as_defined(t: Any) -> Any:
    """The approximation of a reference, with 2π = 8 atan 1."""
    xp = namespace(t)
    above = xp.where(t > 1, t, 1 + 0 * t)
    return xp.where(t > 1, t * xp.log(above) - t + xp.log(8 * xp.atan(1 + 0 * t) * above) / 2, 0 * t)


def reference(x: Any, t: Any, full: bool, reduction: str) -> Any:
    """The definition."""
    losses = namespace(x).exp(x) - t * x
    return reduce_as_defined(losses + stirling_as_defined(t) if full else losses, reduction)


poisson_nll_loss = Op(
    "poisson_nll_loss",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S", real(-60, 60)), "t": Array("*S", constant(positive()))},
    outputs=("loss",),
    settings=SETTINGS,
    formula="loss = e^x - t x, full adds Stirling's approximation of log t!",
    source="torch.nn.functional.poisson_nll_loss",
    aliases={"torch": "poisson_nll_loss"},
)


def rate_forward(x: Values, t: Values, full: bool, reduction: str) -> tuple[Values, Any]:
    """The loss, and the inputs."""
    losses = x - t * np.log(x) + full * approximate_log_factorial(t)
    loss, divisor = reduce_losses(losses, reduction)
    return loss, (x, t, divisor)


def rate_backward(dloss: Values, cache: Any) -> tuple[Values, None]:
    """1 - t / x."""
    x, t, divisor = cache
    return np.asarray(dloss / divisor * (x - t) / x), None


def rate_reference(x: Any, t: Any, full: bool, reduction: str) -> Any:
    """The definition."""
    losses = x - t * namespace(x).log(x)
    return reduce_as_defined(losses + stirling_as_defined(t) if full else losses, reduction)


poisson_nll_loss_of_rate = Op(
    "poisson_nll_loss_of_rate",
    rate_forward,
    rate_backward,
    rate_reference,
    inputs={"x": Array("*S", positive()), "t": Array("*S", constant(positive()))},
    outputs=("loss",),
    settings=SETTINGS,
    formula="loss = x - t log x, full adds Stirling's approximation of log t!",
    source="torch.nn.functional.poisson_nll_loss with log_input=False and eps=0",
    aliases={"torch": "poisson_nll_loss"},
)
