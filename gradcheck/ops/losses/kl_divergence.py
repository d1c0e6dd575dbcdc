"""Kullback-Leibler divergence from log-probabilities x, of each element: loss = t (log t - x), or e^t (t - x) where the
target is a logarithm as well.

x, t: (N, *S) → loss: (), or (N, *S) with reduction="none".  "batchmean" divides by N and not by the number of elements,
which alone gives the divergence of distributions.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.losses.reduction import reduce_as_defined, reduce_losses, reduce_weighted_losses

REDUCTIONS = choice("batchmean", "mean", "sum", "none")


def reduce_rows(losses: Values, reduction: str) -> tuple[Values, Any]:
    """The loss and what it was divided by: of "batchmean" the number of rows."""
    if reduction == "batchmean":
        return reduce_weighted_losses(losses, len(losses), "mean")
    return reduce_losses(losses, reduction)


def forward(x: Values, t: Values, reduction: str) -> tuple[Values, Any]:
    """The loss, and the inputs."""
    loss, divisor = reduce_rows(t * (np.log(t) - x), reduction)
    return loss, (x, t, divisor)


def backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """-t for the log-probabilities, log t - x + 1 for the targets."""
    x, t, divisor = cache
    each = dloss / divisor
    return -each * t, each * (np.log(t) - x + 1)


def reduce_rows_as_defined(losses: Any, reduction: str) -> Any:
    """The loss of a reference."""
    if reduction == "batchmean":
        return reduce_as_defined(losses, "sum") / losses.shape[0]
    return reduce_as_defined(losses, reduction)


def reference(x: Any, t: Any, reduction: str) -> Any:
    """The definition."""
    return reduce_rows_as_defined(t * namespace(x).log(t) - t * x, reduction)


kl_divergence = Op(
    "kl_divergence",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S"), "t": Array("N *S", real(0.015625, 1))},
    outputs=("loss",),
    settings={"reduction": REDUCTIONS},
    formula="loss = t (log t - x)",
    source="Kullback and Leibler 1951; as torch.nn.functional.kl_div",
    aliases={"torch": "kl_div"},
)


def log_target_forward(x: Values, t: Values, reduction: str) -> tuple[Values, Any]:
    """The loss, and the inputs."""
    loss, divisor = reduce_rows(np.exp(t) * (t - x), reduction)
    return loss, (x, t, divisor)


def log_target_backward(dloss: Values, cache: Any) -> tuple[Values, Values]:
    """-e^t for the log-probabilities, e^t (t - x + 1) for the targets."""
    x, t, divisor = cache
    each = dloss / divisor * np.exp(t)
    return -each, each * (t - x + 1)


def log_target_reference(x: Any, t: Any, reduction: str) -> Any:
    """The definition, the probability by its exponential."""
    p = namespace(x).exp(t)
    return reduce_rows_as_defined(p * t - p * x, reduction)


kl_divergence_log_target = Op(
    "kl_divergence_log_target",
    log_target_forward,
    log_target_backward,
    log_target_reference,
    inputs={"x": Array("N *S"), "t": Array("N *S", real(-60, 1))},
    outputs=("loss",),
    settings={"reduction": REDUCTIONS},
    formula="loss = e^t (t - x)",
    source="Kullback and Leibler 1951; as torch.nn.functional.kl_div with log_target=True",
    aliases={"torch": "kl_div"},
)
