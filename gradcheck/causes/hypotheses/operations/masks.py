"""The condition of an operation, where it is not applied on the way back: a mask, bounds, a margin, or a class."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.operations.changes import pass_on
from gradcheck.causes.hypotheses.operations.operands import is_array_of_reals, is_number_to_add
from gradcheck.causes.hypotheses.operations.view import OperationView, list_labels
from gradcheck.causes.watched_forward import Change, Operation, Spot
from gradcheck.causes.wrong_case import WrongCase


def list_masks(view: OperationView, spot: Spot, where: str) -> Iterator[tuple[str, Change, Cause]]:
    """Yield that the condition of an operation is not applied on the way back."""
    operations = view.forward.seen[spot]
    for k, operand in enumerate(operations[0].operands):
        if is_array_of_reals(operand) and operand.shape == operations[0].result.shape:
            for cause in describe_mask(view, operations[0], k, where):
                yield f"mask {k}", pass_on(k), cause


def describe_mask(view: OperationView, operation: Operation, k: int, where: str) -> list[Cause]:
    """Describe that a condition is not applied to operand k: in the first case by the name that fits, later by all of
    which one may be left."""
    flows = "the gradient also flows where it is cut off"
    mask = Cause(
        "mask-missing", f"the mask of {where} is not applied: {flows}", "Multiply by the mask, such as (x > 0)."
    )
    bounds = Cause(
        "saturation-ignored",
        f"the bounds of {where} are not applied: {flows}",
        "Multiply by the mask of what lies within.",
    )
    margin = Cause(
        "margin-ignored", f"the margin of {where} is not applied: {flows}", "Count only where the margin is violated."
    )
    own = Cause(
        "own-class-counted", f"the class that {where} leaves out is counted: {flows}", "Leave it out on the way back."
    )
    if view.case.suspects is not None:
        return [mask, bounds, margin, own]
    if operation.function == "where" and is_one_hot(view.case, operation.operands[0]):
        return [own]
    if operation.function in ("clip", "minimum", "fmin"):
        return [bounds]
    return [margin if operation.function in ("maximum", "fmax") and is_shifted(view, operation, k) else mask]


def is_one_hot(case: WrongCase, condition: Any) -> bool:
    """Whether a condition holds at the labels alone, or everywhere but there."""
    given = np.asarray(condition, bool)
    rows = [a for a in list_labels(case) if given.ndim == a.ndim + 1 and given.shape[:-1] == a.shape]
    hot = (a[..., None] == np.arange(given.shape[-1]) for a in rows)
    return any(np.array_equal(given, a) or np.array_equal(given, ~a) for a in hot)


def is_shifted(view: OperationView, operation: Operation, k: int) -> bool:
    """Whether a number was added to an operand, or subtracted from it, before: a margin."""
    makers = view.makers.get(id(operation.given[k]), [])
    return any(m.function in ("add", "subtract") and any(map(is_number_to_add, m.operands)) for _, m in makers)
