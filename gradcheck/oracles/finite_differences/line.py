"""A function of several arrays on a line through a point, and its rounding there."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from gradcheck.arrays import Values, copy_array
from gradcheck.oracles.error_factors import STEPS

ArrayTuple = tuple[Values, ...]

MAX_LINE_ELEMENTS = 2**16
"""Elements of all points on a line that are made in one operation: beyond, that costs memory and saves nothing."""


class VectorFunction(Protocol):
    """A function of several arrays, seen as a vector of outputs."""

    def evaluate_along_line(self, x: ArrayTuple, v: ArrayTuple, steps: Values) -> Values:
        """Its outputs at x + h·v, a row for each step h; NaN where it has none."""

    def measure_rounding_at(self, point: ArrayTuple) -> Values:
        """How far each output at this point may be off by rounding."""


def generate_points_on_line(x: ArrayTuple, v: ArrayTuple, steps: Values) -> Iterator[ArrayTuple]:
    """The points x + h·v for all steps, none sharing memory with x; made all at once where they are small."""
    moves = [bool(d.any()) for d in v]
    together = sum(a.size for a in x) * len(steps) <= MAX_LINE_ELEMENTS
    rows = [a + np.multiply.outer(steps, d) if m and together else a for a, d, m in zip(x, v, moves, strict=True)]
    for k, h in enumerate(steps):
        yield tuple(
            copy_array(a) if not m else row[k, ...] if together else move_along(a, d, h)
            for a, d, m, row in zip(x, v, moves, rows, strict=True)
        )


def move_along(a: Values, d: Values, h: float) -> Values:
    """a + h·d, in one array."""
    moved = np.asarray(h * d)
    moved += a
    return moved


def interleave_signs(steps: Values) -> Values:
    """Each step forwards, then backwards."""
    return np.multiply.outer(steps, [1.0, -1.0]).ravel()


def measure_rounding_nearby(f: VectorFunction, x: ArrayTuple, v: ArrayTuple) -> Values:
    """Rounding at x and on both sides of it: at a kink or a zero alone it may vanish."""
    return np.asarray(
        np.fmax.reduce(
            [f.measure_rounding_at(p) for p in generate_points_on_line(x, v, np.array([0.0, STEPS[2], -STEPS[2]]))]
        )
    )
