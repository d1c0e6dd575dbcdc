"""What becomes of the losses of single elements: their "mean", of none 0, their "sum", or each stays, "none"."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.settings import choice

REDUCTIONS = choice("mean", "sum", "none")


def reduce_losses(losses: Values, reduction: str) -> tuple[Values, Any]:
    """Return the loss and the number that it was divided by, by which backward divides its upstream."""
    return reduce_weighted_losses(losses, losses.size, reduction)


def reduce_weighted_losses(losses: Values, whole: Any, reduction: str) -> tuple[Values, Any]:
    """Return the loss and the number that it was divided by: of a mean the whole weight of the losses, 1 in place of
    0."""
    if reduction == "none":
        return losses, 1
    divisor = 1 if reduction == "sum" else whole or 1
    return np.asarray(losses.sum() / divisor), divisor


def reduce_as_defined(losses: Any, reduction: str) -> Any:
    """Return the loss of a reference."""
    xp = namespace(losses)
    return losses if reduction == "none" else xp.sum(losses) if reduction == "sum" else xp.mean(losses)


def reduce_weighted_as_defined(losses: Any, whole: Any, reduction: str) -> Any:
    """Return the loss of a reference, of which a mean divides by the whole weight, where there is any."""
    xp = namespace(losses)
    if reduction == "mean":
        return xp.sum(losses) / xp.where(whole > 0, whole, 1)
    return reduce_as_defined(losses, reduction)
