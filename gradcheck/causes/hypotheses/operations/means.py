"""Which sums of a forward are means or variances, however they are written: 1/N * np.sum(x, axis=0)."""

from typing import Any

import numpy as np

from gradcheck.causes.hypotheses.operations.view import Made, OperationView
from gradcheck.causes.watched_forward import Operation, Spot, find_memory_owner

NEAR_COUNT = 1e-12
"""The part of one over a count by which a factor may differ from it."""


def name_statistic(view: OperationView, spot: Spot) -> str:
    """Name the cause that has the result of an operation constant where it is a sum over an axis that is divided by the
    count, or that quotient: a mean, or a variance where squares are summed; "" where it is neither."""
    operation = view.forward.seen[spot][0]
    made = view.makers.get(id(operation.given[0]), []) + view.makers.get(id(operation.given[-1]), [])
    if operation.function == "add.reduce":
        is_mean = any(takes_mean(user, operation) for _, user in list_users(view, operation))
        return name_mean(view, operation) if is_mean else ""
    sums = [o for _, o in made if o.function == "add.reduce" and takes_mean(operation, o)]
    return name_mean(view, sums[0]) if sums else ""


def list_users(view: OperationView, operation: Operation) -> list[Made]:
    """List the operations that are given the result of another one, and where they stand."""
    own = id(find_memory_owner(operation.made))
    rows = view.forward.seen.items()
    return [(spot, user) for spot, row in rows for user in row if any(id(g) == own for g in user.given)]


def takes_mean(user: Operation, summed: Operation) -> bool:
    """Whether an operation divides a sum by the count of what is summed, or multiplies by one over it."""
    own = id(find_memory_owner(summed.made))
    others = [a for a, g in zip(user.operands, user.given, strict=True) if id(g) != own]
    if len(user.given) != 2 or len(others) != 1 or np.ndim(others[0]) != 0 or not summed.result.size:
        return False
    count = summed.operands[0].size / summed.result.size
    divides = user.function in ("divide", "true_divide") and id(user.given[0]) == own
    factor = 1 / count if user.function == "multiply" else count if divides else None
    return count > 1 and factor is not None and abs(others[0] - factor) <= NEAR_COUNT * factor


def name_mean(view: OperationView, summed: Operation) -> str:
    """Name the cause that has a mean constant: of squares it is a variance, as forward divides by it or its root."""
    makers = [maker for _, maker in view.makers.get(id(summed.given[0]), [])]
    return "variance-constant" if any(map(is_square, makers)) else "mean-constant"


def is_square(operation: Operation) -> bool:
    """Whether an operation takes the square of an array."""
    twice = operation.function == "multiply" and len({id(g) for g in operation.given}) == 1
    return operation.function == "square" or twice or (operation.function == "power" and is_two(operation.operands[1]))


def is_two(exponent: Any) -> bool:
    """Whether an exponent is the number two."""
    return np.ndim(exponent) == 0 and exponent == 2
