"""Directions of an input along which changed derivatives are compared with the claimed one.

A gradient that agrees along all of them is taken for the claimed one: directions are drawn at random.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.arrays import Values, flat
from gradcheck.causes.hypotheses.operations.changes import Changes
from gradcheck.causes.watched_forward import WatchedForward
from gradcheck.causes.wrong_case import WrongCase
from gradcheck.oracles.finite_differences.directions import measure_typical_size, round_down_to_power_of_two
from gradcheck.oracles.monte_carlo import measure_largest_of

COMPARED_DIRECTIONS = 4
"""Directions along which a changed derivative is compared."""


DIFFERENCE_STEP = 2.0**-16
"""The step of a centered difference of float64, for inputs up to one: its square and the rounding divided by it are
both 1e-10."""


WIDER = 8.0
"""How much longer the second step is, by which it is seen how far the first may be off."""


LONGEST_DIRECTION = 1.0
"""The largest element of a direction: a step of more is long for an exponential, however large the input is."""


TOLERANCE = 1e-7
"""The part of the sizes of a derivative by which it may differ: a thousand times what the step leaves."""


COARSEST = 1e-4
"""The part of them that is too much to tell anything."""


@dataclass(frozen=True)
class Direction:
    """Two points on both sides of the input, the length of the way between them, and the derivatives along it: of
    backward, and the right one, within a tolerance."""

    ends: tuple[Values, Values]
    length: float
    claimed: float
    right: float
    size: float
    tolerance: float = 0.0

    def widen(self) -> "Direction":
        """Return the direction with its points WIDER times as far apart."""
        center, half = (self.ends[0] + self.ends[1]) / 2, WIDER * (self.ends[0] - self.ends[1]) / 2
        return replace(self, ends=(center + half, center - half), length=WIDER * self.length)


def choose_directions(case: WrongCase, i: int) -> Iterator[Values]:
    """Yield the directions: normal numbers, of the sizes of the elements."""
    x, rng = case.inputs[i], case.case.rng(f"operations {i}")
    size = np.minimum(np.where(x == 0, measure_typical_size(x), np.abs(x)), LONGEST_DIRECTION)
    for _ in range(COMPARED_DIRECTIONS):
        yield size * rng.choice([-1.0, 1.0], x.shape) * rng.uniform(0.5, 1.0, x.shape)


def measure_direction(case: WrongCase, forward: WatchedForward, v: Values) -> Direction | None:
    """Measure the derivatives along a direction; None where differences along it are too coarse."""
    claimed, right, x = case.claimed[forward.i], case.expected(forward.i), case.inputs[forward.i]
    assert claimed is not None
    step = DIFFERENCE_STEP / round_down_to_power_of_two(max(1.0, measure_largest_of(case.inputs)))
    ends, length = (x + step * v, x - step * v), 2 * step
    v = (ends[0] - ends[1]) / length  # as far as the rounded points lie apart
    size = float(np.sum(np.abs(claimed * v)) + np.sum(np.abs(right.value * v)))
    direction = Direction(ends, length, float(np.sum(claimed * v)), float(np.sum(right.value * v)), size)
    run = take_changed_derivative(case, forward, direction, {})
    if run is None or not np.isfinite(right.error).all():
        return None
    tolerance = 8 * (abs(run - direction.right) + float(np.sum(right.error * np.abs(v)))) + TOLERANCE * size
    return replace(direction, tolerance=tolerance) if tolerance <= COARSEST * size or not size else None


def take_changed_derivative(
    case: WrongCase, forward: WatchedForward, direction: Direction, changes: Changes
) -> float | None:
    """Return the derivative of the upstream times the outputs along a direction of the input, with the operations at
    some spots changed."""
    ahead, behind = (forward.run(x, changes) for x in direction.ends)
    if ahead is None or behind is None:
        return None
    with np.errstate(all="ignore"):
        moved = (flat(ahead) - flat(behind)) / direction.length
    return float(flat(case.upstream) @ moved) if np.isfinite(moved).all() else None
