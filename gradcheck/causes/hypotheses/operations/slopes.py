"""Another slope in place of that of one operation."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.operations.changes import pass_on
from gradcheck.causes.hypotheses.operations.clip_bounds import list_bounds
from gradcheck.causes.hypotheses.operations.functions import BENDS, SMOOTH_UNARY
from gradcheck.causes.hypotheses.operations.masks import list_masks
from gradcheck.causes.hypotheses.operations.missing_eps import list_missing_eps
from gradcheck.causes.hypotheses.operations.operands import move_operand
from gradcheck.causes.hypotheses.operations.operation_factors import list_factor_changes, list_spread_factors
from gradcheck.causes.hypotheses.operations.powers_of_numbers import list_slopes_of_power
from gradcheck.causes.hypotheses.operations.view import OperationView
from gradcheck.causes.spot_text import SpotText
from gradcheck.causes.watched_forward import Change, Operation, Spot


def find_other_slopes(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[Cause]:
    """Yield the causes that have another slope in place of that of one operation."""
    for spot, text in spots.items():
        for name, change, cause in list_slopes(view, spot, text):
            if view.case.is_left(cause) and view.reproduces(name, {spot: change}):
                yield cause


def list_slopes(view: OperationView, spot: Spot, text: SpotText) -> Iterator[tuple[str, Change, Cause]]:
    """Yield the changes of the derivative of the operations at one spot, with a name and the cause of each."""
    function, where = view.forward.seen[spot][0].function, text.where
    if function in SMOOTH_UNARY:
        yield from list_slopes_of_function(where)
    if function in BENDS:
        yield from list_masks(view, spot, where)
    if function == "clip":
        yield from list_bounds(view.forward.seen[spot], where)
    if function in ("multiply", "divide", "true_divide") and len(text.operands) == 2:
        yield from list_factor_changes(view, spot, text)
    if function in ("add", "subtract") and len(text.operands) == 2:
        yield from list_spread_factors(view, spot, text)
    if function == "power" and len(text.operands) == 2:
        yield from list_slopes_of_power(view.forward.seen[spot][0], text)
    if function == "add" and len(text.operands) == 2:
        yield from list_missing_eps(view.forward.seen[spot], text)
    if function == "add.reduce":
        words = f"the sum {where} is not summed up on the way back: each element gets its own share alone"
        names = ["diagonal-jacobian" if view.is_divisor(spot) else "row-sum-missing"]
        for name in names if view.case.suspects is None else ["diagonal-jacobian", "row-sum-missing"]:
            yield "unsummed", leave_unsummed, Cause(name, words, "Sum over the axis that was broadcast.")
    if function in ("cumsum", "add.accumulate"):
        words = f"the running sum {where} goes in the same direction on the way back"
        yield "around", turn_around, Cause("wrong-direction", words, "Let it go the other way: flip, cumsum, flip.")


def list_slopes_of_function(where: str) -> Iterator[tuple[str, Change, Cause]]:
    """Yield what may stand for the slope of a function."""
    slope = f"the slope of {where}"
    yield "slope one", pass_on(0), Cause("slope-missing", f"{slope} is missing", "Multiply by the derivative.")
    words = f"{slope} is taken at its value and not at its argument"
    yield "slope at result", pass_on_at_result, Cause("slope-at-output", words, "Evaluate it at the argument.")
    words = f"the value of {where} stands for its slope"
    yield "result for slope", pass_on_times_result, Cause("wrong-function", words, "Multiply by the derivative.")


def pass_on_at_result(before: Operation, now: Operation, round: int) -> Any:
    """Take the slope of a function at its own value."""
    at_result = before.apply(before.result + move_operand(before, now, 0), **before.settings)
    return before.result + at_result - before.apply(before.result, **before.settings)


def pass_on_times_result(before: Operation, now: Operation, round: int) -> Any:
    """Take the value of a function for its slope."""
    return before.result + before.result * move_operand(before, now, 0)


def leave_unsummed(before: Operation, now: Operation, round: int) -> Any:
    """Leave out the sum: each element moves its own share alone."""
    if now.function != "add.reduce":
        return now.result
    return before.result + move_operand(before, now, 0)


def turn_around(before: Operation, now: Operation, round: int) -> Any:
    """Let a running sum go the other way."""
    moved = np.flip(move_operand(before, now, 0))
    return before.result + np.flip(now.apply(moved, *now.operands[1:], **now.settings))
