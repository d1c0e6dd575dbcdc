"""The operations of a case, watched, and what its derivative is with some of them changed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.causes.hypotheses.operations.changes import Changes, hold_result
from gradcheck.causes.hypotheses.operations.directions import (
    COARSEST,
    COMPARED_DIRECTIONS,
    Direction,
    choose_directions,
    measure_direction,
    take_changed_derivative,
)
from gradcheck.causes.watched_forward import Change, Operation, Spot, WatchedForward, find_memory_owner, watch_forward
from gradcheck.causes.wrong_case import WrongCase

MOST_WORK = 2**16
"""Operations that all changed runs of a case have together, after which no further change is tried: about a second."""


SUMS = frozenset({"add.reduce", "matmul", "dot", "einsum", "vdot", "inner"})
"""Functions whose result is a sum over an axis."""


ON_THE_WAY_TO_A_DIVISOR = frozenset({"sqrt", "add", "power", "square", "maximum", "absolute", "log", "reciprocal"})
"""What is done to a sum, or a norm, before something is divided by it."""


Made = tuple[Spot, Operation]
"""An operation, and where it stands."""


@dataclass(frozen=True)
class OperationView:
    """The operations of a case that input i takes part in, and the directions along which they are looked at.

    idle: what is held constant in every run: a maximum that is subtracted, through which nothing flows in the end.
    """

    case: WrongCase
    forward: WatchedForward
    directions: tuple[Direction, ...]
    idle: Changes = field(default_factory=dict)
    known: dict[tuple[tuple[Spot, ...], str, int], float | None] = field(default_factory=dict)

    @cached_property
    def makers(self) -> Mapping[int, list[Made]]:
        """The operations that made each array, by the identity of its memory, and where they stand."""
        found = defaultdict[int, list[Made]](list)
        for spot, row in self.forward.seen.items():
            for operation in row:
                found[id(find_memory_owner(operation.made))].append((spot, operation))
        return found

    @cached_property
    def divisors(self) -> frozenset[int]:
        """The arrays from which a divisor comes that is a sum or a norm, or the logarithm of one that is subtracted, as
        that of a softmax, each by the identity of its memory."""
        starts = list[Any]()
        for o in (o for row in self.forward.seen.values() for o in row if len(o.given) > 1):
            makers = self.makers.get(id(o.given[1]), [])
            is_logarithm = o.function == "subtract" and any(self.comes_from_logarithm(m) for _, m in makers)
            if o.function in ("divide", "true_divide") or is_logarithm:
                starts.append(o.given[1])
        chains = [self.follow_to_sum(start) for start in starts]
        return frozenset(one for chain in chains for one in chain)

    def comes_from_logarithm(self, operation: Operation) -> bool:
        """Whether an operation is a logarithm, or adds something to one."""
        before = [m.function for g in operation.given for _, m in self.makers.get(id(g), [])]
        return operation.function == "log" or (operation.function == "add" and "log" in before)

    def follow_to_sum(self, start: Any) -> list[int]:
        """Return the arrays from which another one comes, up to a sum; none where there is no sum."""
        waiting, chain, has_sum = [start], list[int](), False
        while waiting:
            one = waiting.pop()
            if id(one) in chain:
                continue
            chain.append(id(one))
            for _, maker in self.makers.get(id(one), []):
                has_sum |= maker.function in SUMS
                is_scaled = maker.function in ("divide", "true_divide", "multiply") and np.ndim(maker.operands[-1]) == 0
                if maker.function in ON_THE_WAY_TO_A_DIVISOR or is_scaled:
                    waiting += [g for g in maker.given if isinstance(g, np.ndarray)]
        return chain if has_sum else []

    def is_divisor(self, spot: Spot) -> bool:
        """Whether the result of an operation is a sum that is divided by, or whose root or logarithm normalises."""
        return any(id(find_memory_owner(o.made)) in self.divisors for o in self.forward.seen[spot])

    @property
    def tells_wrong(self) -> bool:
        """Whether the claimed gradient differs from the right one by more than can be seen along some direction."""
        return any(abs(d.claimed - d.right) > 4 * d.tolerance for d in self.directions)

    def differentiate(self, name: str, changes: Changes, k: int) -> float | None:
        """Return the derivative along direction k with the operations at some spots changed, computed once for each
        name of a change; None where the code then takes another course, or enough was tried."""
        key = tuple(changes), name, k
        if key not in self.known and 2 * self.forward.size * len(self.known) > MOST_WORK:
            return None
        if key not in self.known:
            every = {**self.idle, **changes}
            self.known[key] = take_changed_derivative(self.case, self.forward, self.directions[k], every)
        return self.known[key]

    def reproduces(self, name: str, changes: Changes) -> bool:
        """Whether backward claims the derivative with the operations at some spots changed, along all directions."""
        return self.comes_to(name, changes, [direction.claimed for direction in self.directions])

    def comes_to(self, name: str, changes: Changes, wanted: Sequence[float]) -> bool:
        """Whether the derivative with the operations at some spots changed is the wanted one, along all directions."""
        for k, direction in enumerate(self.directions):
            found = self.differentiate(name, changes, k)
            if found is None or not self.is_near(name, changes, k, found - wanted[k], direction.tolerance):
                return False
        return True

    def is_near(self, name: str, changes: Changes, k: int, gap: float, tolerance: float) -> bool:
        """Whether a gap between a changed derivative and a wanted one is within a tolerance, or within what the steps
        leave open where these are too long or too short for the changed function."""
        size = self.directions[k].size
        if abs(gap) <= tolerance or not abs(gap) <= COARSEST * size:
            return abs(gap) <= tolerance
        every = {**self.idle, **changes}
        wider = take_changed_derivative(self.case, self.forward, self.directions[k].widen(), every)
        found = self.differentiate(name, changes, k)
        if wider is None or found is None or abs(wider - found) > COARSEST * size:
            return False
        return abs(gap) <= tolerance + 4 * abs(wider - found)


def view_operations(case: WrongCase, i: int) -> OperationView | None:
    """Watch the forward of a case, and choose directions; None where it cannot be watched, or tells nothing."""
    claimed, x = case.claimed[i], case.inputs[i]
    if claimed is None or claimed.shape != x.shape or not np.isfinite(claimed).all() or x.dtype.kind != "f":
        return None
    forward = watch_forward(case.evaluator, i)
    if forward is None or not forward.seen:
        return None
    directions = [measure_direction(case, forward, v) for v in choose_directions(case, i)]
    usable = tuple(d for d in directions if d is not None)
    if len(usable) < COMPARED_DIRECTIONS:
        return None
    view = OperationView(case, forward, usable)
    return replace(view, idle=find_idle_maxima(view), known={})


def find_idle_maxima(view: OperationView) -> dict[Spot, Change]:
    """Find the maxima through which nothing flows in the end, as those that are subtracted before exponentials are
    taken: holding them constant changes no derivative."""
    right = [direction.right for direction in view.directions]
    spots = [spot for spot, row in view.forward.seen.items() if row[0].function in ("maximum.reduce", "minimum.reduce")]
    return {spot: hold_result for spot in spots if view.comes_to("result", {spot: hold_result}, right)}


def list_labels(case: WrongCase) -> list[Values]:
    """List the inputs of whole numbers that are no single number."""
    return [a for a in case.inputs if a.dtype.kind in "iu" and a.ndim]
