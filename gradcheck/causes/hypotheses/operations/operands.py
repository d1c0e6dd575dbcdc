"""What an operation is given: arrays or numbers, one of which may be another one than it is."""

from typing import Any

import numpy as np

from gradcheck.causes.watched_forward import Operation


def compute(operation: Operation, k: int, operand: Any) -> Any:
    """Compute an operation with another operand."""
    operands = [*operation.operands[:k], operand, *operation.operands[k + 1 :]]
    return operation.apply(*operands, **operation.settings)


def move_operand(before: Operation, now: Operation, k: int) -> Any:
    """Return by how much an operand has moved."""
    return np.asarray(now.operands[k]) - before.operands[k]


def is_array_of_reals(a: Any) -> bool:
    """Whether something is an array of floating-point numbers."""
    return isinstance(a, np.ndarray) and a.dtype.kind == "f"


def is_number_to_add(a: Any) -> bool:
    """Whether an operand is a single number other than zero."""
    return np.ndim(a) == 0 and not isinstance(a, np.ndarray) and bool(a)
