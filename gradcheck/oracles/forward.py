"""The hand-written forward as the difference oracle sees it, and the slopes of a case, taken once for all laws."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np

from gradcheck.arrays import Point, flat
from gradcheck.bench import Bench, Malformed, UserError
from gradcheck.oracles import differences
from gradcheck.oracles.bounds import BESIDE_REPEATS, EPS, REORDERED, STEPS
from gradcheck.oracles.differences import Slope
from gradcheck.oracles.rounding import rounding

Array = np.ndarray[Any, Any]

FEWEST_STACKED, MOST_STACKED = 4, 2**16
"""Points, and elements of all of them, that are evaluated in one call: beyond, the call costs less than the copies."""


class Forward:
    """The forward of one case as a function of its inputs."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    @cached_property
    def rng(self) -> np.random.Generator:
        """For the rounding."""
        return self.bench.case.rng("rounding")

    def sweep(self, points: Iterable[Point]) -> Iterator[Array]:
        """All outputs at each point; in one call where rows of a batch do not speak to each other."""
        waiting = list(points)
        return iter(stacked(self.bench, waiting) or self.bench.sweep(waiting))

    def rounding(self, point: Point) -> Array:
        """How far each output may be off by rounding; NaN outside the domain."""
        try:
            return flat(rounding(lambda arrange: self.bench.outputs(point, arrange), self.rng, repeats=BESIDE_REPEATS))
        except (UserError, Malformed):
            return np.full(flat(self.bench.outputs(self.bench.case.point)).shape, np.nan)


def stacked(bench: Bench, points: Sequence[Point]) -> list[Array] | None:
    """All outputs at each point from one call, the points one after the other along the batch; None where that cannot
    be, or is no gain.  The case itself goes with them: where it fares otherwise than alone, nothing is believed."""
    home = bench.case.point
    size = sum(a.size for a in home)
    if bench.op.batch is None or len(points) < FEWEST_STACKED or size * len(points) > MOST_STACKED or not size:
        return None
    axes = [bench.batch_axis(label) for label in bench.labels]
    if any(axis is None and any(p[i] is not home[i] for p in points) for i, axis in enumerate(axes)):
        return None
    together = tuple(
        home[i] if axis is None else np.concatenate([home[i], *(p[i] for p in points)], axis=axis)
        for i, axis in enumerate(axes)
    )
    alone = bench.outputs(home)
    if not all(y.ndim for y in alone):
        return None
    try:
        outputs = bench.once(together)
    except (UserError, Malformed):
        return None
    if any(
        not y.ndim or y.shape[1:] != a.shape[1:] or len(y) != len(a) * (len(points) + 1)
        for y, a in zip(outputs, alone, strict=True)
    ):
        return None
    rows = [flat(part) for part in zip(*(np.split(y, len(points) + 1) for y in outputs), strict=True)]
    known = flat(alone)
    gap = np.abs(rows[0] - known)
    return rows[1:] if np.all(gap <= REORDERED * EPS * np.max(np.abs(known), initial=0.0)) else None


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


def glanced(bench: Bench, which: int | None = None) -> Slope | None:
    """The derivative of the case along one direction from a few steps, where these are enough; taken once."""
    point, inputs = bench.case.point, moving(bench) if which is None else [which]

    def take() -> Slope | None:
        if not inputs:
            return None
        rng, project = bench.case.rng(f"glance {which}"), partial(lawful, bench, point)
        y, referred = flat(bench.outputs(point)), bench.op.reference is not None and which is None
        return differences.glanced(Forward(bench), point, y, inputs, project, rng, referred)

    found: Slope | None = bench.remembered((b"glance", *inputs), take)
    return found


def slopes(bench: Bench, which: int | None = None, look: int = 0) -> list[Slope]:
    """The derivatives of the case when all inputs move, or one alone; taken once.  look: each has directions of its
    own; look 0 is content with a glance where that suffices."""
    if look == 0:
        seen = glanced(bench, which)
        return [seen] if seen else slopes(bench, which, look=1)
    point, inputs = bench.case.point, moving(bench) if which is None else [which]

    def take() -> list[Slope]:
        rng = bench.case.rng(f"directions {which}, look {look}")
        return differences.slopes(Forward(bench), point, inputs, partial(lawful, bench, point), rng)

    found: list[Slope] = bench.remembered((b"slopes", look, *inputs), take)
    return found
