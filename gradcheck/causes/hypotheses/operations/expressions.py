"""Another slope of an expression of several operations, or of a call of a function."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.cause import Cause
from gradcheck.causes.hypotheses.operations.functions import BENDS, SMOOTH_UNARY
from gradcheck.causes.hypotheses.operations.operands import compute, move_operand
from gradcheck.causes.hypotheses.operations.view import OperationView
from gradcheck.causes.spot_text import SpotText, find_extent, read_spot
from gradcheck.causes.watched_forward import Change, Operation, Spot

CURVED = SMOOTH_UNARY | {"power"}
"""Functions by which the slope of an expression differs between its value and its argument."""


SLOPED = CURVED | BENDS | {"divide", "true_divide"}
"""Functions by which an expression has a slope to speak of, and is no sum or product alone."""


def find_slopes_of_expressions(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[Cause]:
    """Yield the causes that have another slope for a whole expression of several operations, as 1/(1 + exp(-z)), or
    for a call of a function."""
    for parts, where in list_expressions(view, spots):
        detour, slope = DetouredSlope(parts[0], parts[-1]), f"the slope of {where}"
        missing = Cause("slope-missing", f"{slope} is missing", "Multiply by the derivative.")
        if view.case.is_left(missing) and view.reproduces("whole", detour.skip()):
            yield missing
        words = f"{slope} is taken at its value and not at its argument"
        at_output = Cause("slope-at-output", words, "Evaluate it at the argument.")
        if view.case.is_left(at_output) and does_any(view, parts, CURVED):
            changes = detour.evaluate_at_result(view)
            if changes and view.reproduces("whole at result", changes):
                yield at_output


def list_expressions(view: OperationView, spots: Mapping[Spot, SpotText]) -> Iterator[tuple[list[Spot], str]]:
    """Yield the operations of each expression of several that has a slope to speak of, and where it stands: those are
    no sums and products alone."""
    seen = view.forward.seen
    for outer, text in spots.items():
        parts = [spot for spot in seen if is_part(spot, outer)]
        if parts and does_any(view, [*parts, outer], SLOPED) and is_elementwise(seen[parts[0]], seen[outer]):
            yield [*parts, outer], text.where
    for call in dict.fromkeys(call for spot in seen for call in list_calls(spot)):
        inside = [spot for spot in seen if call in list_calls(spot)]
        called = read_spot(call)
        first, last = seen[inside[0]], seen[inside[-1]]
        if len(inside) > 1 and called is not None and does_any(view, inside, SLOPED) and is_elementwise(first, last):
            yield inside, called.where


def does_any(view: OperationView, spots: Sequence[Spot], functions: frozenset[str]) -> bool:
    """Whether some of the operations is one of these functions."""
    return any(view.forward.seen[spot][0].function in functions for spot in spots)


def list_calls(spot: Spot) -> list[Spot]:
    """List the calls that lead to a spot, as spots."""
    return [Spot(code, offset, spot.callers[k + 1 :]) for k, (code, offset) in enumerate(spot.callers)]


def is_part(spot: Spot, outer: Spot) -> bool:
    """Whether an operation stands within the expression of another one."""
    if spot.code is not outer.code or spot.callers != outer.callers:
        return False
    part, whole = find_extent(spot.code, spot.offset), find_extent(outer.code, outer.offset)
    return part is not None and whole is not None and whole.holds(part)


def is_elementwise(first: Sequence[Operation], last: Sequence[Operation]) -> bool:
    """Whether the last operations may be functions, element by element, of what the first are given."""
    given = first[0].operands[0] if first[0].operands else None
    if not isinstance(given, np.ndarray) or given.dtype.kind != "f":
        return False
    return len(first) == len(last) and given.shape == last[0].result.shape


@dataclass(frozen=True)
class DetouredSlope:
    """Changes of two operations, the first and the last of an expression, by which it has another slope.

    moves: by how much what the first was given last moved; base: the values of the expression at its own values.
    """

    first: Spot
    last: Spot
    moves: list[Any] = field(default_factory=list)
    base: dict[int, Values] = field(default_factory=dict)

    def skip(self) -> dict[Spot, Change]:
        """Pass on what the first operation is given as if the expression had the slope one."""
        return {self.first: self.note, self.last: lambda before, now, round: before.result + self.moves[-1]}

    def note(self, before: Operation, now: Operation, round: int) -> Any:
        """Note the movement of what the first operation is given."""
        self.moves[:] = [move_operand(before, now, 0)]
        return now.result

    def evaluate_at_result(self, view: OperationView) -> dict[Spot, Change] | None:
        """Take the slope of the expression at its values; None where it cannot be evaluated there."""
        values = [operation.result for operation in view.forward.seen[self.last]]

        def redirect(before: Operation, now: Operation, round: int) -> Any:
            return compute(now, 0, values[round] + move_operand(before, now, 0))

        def settle(before: Operation, now: Operation, round: int) -> Any:
            self.base[round] = now.result
            return before.result

        def arrive(before: Operation, now: Operation, round: int) -> Any:
            return before.result + now.result - self.base[round]

        x = view.case.inputs[view.forward.i]
        ran = view.forward.run(x, {**view.idle, self.first: redirect, self.last: settle})
        return None if ran is None else {self.first: redirect, self.last: arrive}
