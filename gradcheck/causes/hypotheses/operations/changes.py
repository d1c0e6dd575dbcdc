"""Changes of one operation by which its derivative is another: what is held constant, passed on, or scaled on the way
back."""

from collections.abc import Mapping
from typing import Any

from gradcheck.arrays import Values
from gradcheck.causes.hypotheses.operations.operands import compute, move_operand
from gradcheck.causes.watched_forward import Change, Operation, Spot

Changes = Mapping[Spot, Change]


def hold_result(before: Operation, now: Operation, round: int) -> Any:
    """Hold the result of an operation constant."""
    return before.result


def hold_operand(k: int) -> Change:
    """Hold one operand of an operation constant."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        return compute(now, k, before.operands[k])

    return change


def hold_rounds(kept: int) -> Change:
    """Hold the result of an operation constant in all rounds but one."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        return now.result if round == kept else before.result

    return change


def pass_on(k: int) -> Change:
    """Pass an operand on as if the operation had the slope one."""
    return lambda before, now, round: compute(now, k, before.operands[k]) + move_operand(before, now, k)


def use_other(k: int, other: Values) -> Change:
    """Use another array for the other factor on the way back to operand k."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        moved = move_operand(before, now, k)
        operands = (moved, other) if k == 0 else (other, moved)
        return compute(now, k, before.operands[k]) + now.apply(*operands, **now.settings)

    return change


def scale_path(hold: Change, factor: Values) -> Change:
    """Multiply what flows through a way back by an array."""

    def change(before: Operation, now: Operation, round: int) -> Any:
        held = hold(before, now, round)
        return held + (now.made - held) * factor

    return change
