"""The hand-written forward as the difference oracle sees it, and the slopes of a case, taken once for all laws."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import numpy as np

from gradcheck.arrays import Point, flat
from gradcheck.bench import Bench, Malformed, UserError
from gradcheck.oracles import differences
from gradcheck.oracles.bounds import BESIDE_REPEATS, STEPS
from gradcheck.oracles.differences import Slope
from gradcheck.oracles.rounding import rounding

Array = np.ndarray[Any, Any]


class Forward:
    """The forward of one case as a function of its inputs."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.rng = bench, bench.case.rng("rounding")

    def sweep(self, points: Iterable[Point]) -> Iterator[Array]:
        """All outputs at each point."""
        return self.bench.sweep(points)

    def rounding(self, point: Point) -> Array:
        """How far each output may be off by rounding; NaN outside the domain."""
        try:
            return flat(rounding(lambda arrange: self.bench.outputs(point, arrange), self.rng, repeats=BESIDE_REPEATS))
        except (UserError, Malformed):
            return np.full(flat(self.bench.outputs(self.bench.case.point)).shape, np.nan)


def moving(bench: Bench) -> list[int]:
    """The inputs that can move: differentiable, and not empty."""
    return [
        i for i, (moves, a) in enumerate(zip(bench.differentiable, bench.case.point, strict=True)) if moves and a.size
    ]


def tangent(bench: Bench, point: Point, direction: Point) -> Point:
    """The direction projected to lawful ones."""
    rows = zip(bench.labels, point, direction, bench.differentiable, strict=True)
    return tuple(bench.op.array(label).domain.tangent(x, v) if moves else v for label, x, v, moves in rows)


def lawful(bench: Bench, point: Point, direction: Point) -> Point:
    """The direction projected to lawful ones, and shortened until its largest step stays within reach."""
    projected = tangent(bench, point, direction)
    shorten = 1.0
    for label, x, v, moves in zip(bench.labels, point, projected, bench.differentiable, strict=True):
        if moves and v.any():
            reach = bench.op.array(label).domain.reach(x)
            with np.errstate(divide="ignore", invalid="ignore"):
                room = np.min(np.where(v != 0, reach / np.abs(v), np.inf), initial=np.inf)
            while shorten * STEPS[0] > room > 0:
                shorten /= 2
    return tuple(v * shorten for v in projected)


def glanced(bench: Bench, which: int | None = None) -> list[Slope] | None:
    """The derivatives of the case from a few steps, where these are enough; taken once."""
    point, inputs = bench.case.point, moving(bench) if which is None else [which]

    def take() -> list[Slope] | None:
        rng, project = bench.case.rng(f"glance {which}"), partial(lawful, bench, point)
        y, referred = flat(bench.outputs(point)), bench.op.reference is not None and which is None
        return differences.glances(Forward(bench), point, y, inputs, project, rng, referred)

    found: list[Slope] | None = bench.remembered((b"glance", bytes(inputs)), take)
    return found


def slopes(bench: Bench, which: int | None = None, look: int = 0) -> list[Slope]:
    """The derivatives of the case when all inputs move, or one alone; taken once.  look: each has directions of its
    own; look 0 is content with a glance where that suffices."""
    if look == 0:
        seen = glanced(bench, which)
        return slopes(bench, which, look=1) if seen is None else seen
    point, inputs = bench.case.point, moving(bench) if which is None else [which]

    def take() -> list[Slope]:
        rng = bench.case.rng(f"directions {which}, look {look}")
        return differences.slopes(Forward(bench), point, inputs, partial(lawful, bench, point), rng)

    found: list[Slope] = bench.remembered((b"slopes", bytes([look, *inputs])), take)
    return found
