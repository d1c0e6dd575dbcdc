"""One of the two bounds of a clip, where it is not applied on the way back."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.operations.operands import move_operand
from gradcheck.causes.watched_forward import Change, Operation


def list_bounds(operations: Sequence[Operation], where: str) -> Iterator[tuple[str, Change, Cause]]:
    """Yield that one of two bounds is not applied on the way back."""
    if len(operations[0].operands) < 3 or any(bound is None for bound in operations[0].operands[1:3]):
        return
    for k, which in ((1, "lower"), (2, "upper")):
        words = f"the {which} bound of {where} is not applied: the gradient also flows beyond it"
        cause = Cause("saturation-ignored", words, "Multiply by the mask of what lies within both bounds.")
        yield f"bound {k}", pass_beyond_bound(k), cause


def pass_beyond_bound(k: int) -> Change:
    """Pass on what lies beyond one of the bounds: the lower one, operand 1, or the upper one, operand 2."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        x, bound = before.operands[0], before.operands[k]
        beyond = x < bound if k == 1 else x > bound
        return np.where(beyond, before.result + move_operand(before, now, 0), now.result)

    return change
