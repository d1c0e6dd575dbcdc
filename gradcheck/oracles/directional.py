"""The forward of a case as a function for finite differences, and the directional derivatives of a case, computed once
for all laws."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, partial
from typing import Any

import numpy as np

from gradcheck.arrays import Point, Values, copy_array, flat, join, make_point_key
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.oracles.error_factors import EPS, NEIGHBOUR_REPEATS, REORDERING_FACTOR, STEPS
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative
from gradcheck.oracles.finite_differences.kinked_coordinates import (
    KnownCoordinates,
    take_derivatives_of_sums,
    take_directional_derivatives,
)
from gradcheck.oracles.finite_differences.line import generate_points_on_line
from gradcheck.oracles.finite_differences.quick_derivative import quick_derivative_of_inputs
from gradcheck.oracles.output_sums import sum_outputs
from gradcheck.oracles.working_rounding import Evaluation, list_output_spacings, measure_working_rounding

MAX_UNSTACKED_POINTS, MAX_STACKED_ELEMENTS = 4, 2**16
"""Points up to which each is evaluated by a call of its own, and elements of all points beyond which each is as well,
since the copies then cost more than the calls."""


class CaseForward:
    """The forward of one case as a function of its inputs; of many outputs, sums of them stand for the outputs."""

    def __init__(self, evaluator: Evaluator) -> None:
        self.evaluator, self.sums = evaluator, sum_outputs(evaluator)

    @cached_property
    def rng(self) -> np.random.Generator:
        """Random numbers for measuring rounding."""
        return self.evaluator.case.rng("rounding")

    def evaluate_along_line(self, x: Point, v: Point, steps: Values) -> Values:
        """Return all outputs at x + h·v, a row for each step h, NaN outside the domain; in one call where a row's
        result does not depend on other rows."""
        stacked = None if self.sums else evaluate_stacked(self.evaluator, x, v, steps)
        if stacked is not None:
            return stacked
        return np.array(
            [self.value(point) for point in self.evaluator.announce_points(generate_points_on_line(x, v, steps))]
        )

    @property
    def count(self) -> int:
        """The number of outputs, or of their sums."""
        if self.sums:
            return len(self.sums.starts)
        return sum(y.size for y in self.evaluator.outputs(self.evaluator.case.point))

    def vectorize(self, outputs: Point) -> Values:
        """Return outputs as one vector, or their sums."""
        return self.sums.reduce(join(outputs)) if self.sums else flat(outputs)

    def weigh(self, upstream: Point) -> Values:
        """Return the weight of each output, or of each sum, in an upstream."""
        return self.sums.weigh(join(upstream)) if self.sums else flat(upstream)

    def scale(self, upstream: Point, weights: Values) -> Values:
        """Return an upstream as one vector, times the weight of each output or of the sum that it is in."""
        return flat(upstream) * (self.sums.expand(weights) if self.sums else weights)

    def value(self, point: Point) -> Values:
        """Return all outputs as one vector, NaN outside the domain.  The result is not cached."""
        try:
            return self.vectorize(self.evaluator.compute_uncached(point))
        except UserError:
            return np.full(self.count, np.nan)

    def measure_rounding_at(self, point: Point) -> Values:
        """Measure the rounding of each output; NaN outside the domain."""
        try:
            run: Evaluation = lambda arrange: (self.vectorize(self.evaluator.outputs(point, arrange)),)  # noqa: E731
            spacings = [max(list_output_spacings(self.evaluator))]
            return measure_working_rounding(run, spacings, self.rng, repeats=NEIGHBOUR_REPEATS)[0]
        except (UserError, Malformed):
            return np.full(self.count, np.nan)


def evaluate_stacked(evaluator: Evaluator, x: Point, v: Point, steps: Values) -> Values | None:
    """Return all outputs at x + h·v, a row for each step h, from one call with the points concatenated along the batch;
    None where that is impossible or slower.  The point itself is among them: where its result differs from that of a
    separate call, the others are not used."""
    rows = len(steps) + 1
    size = sum(a.size for a in x)
    if evaluator.op.batch is None or rows <= MAX_UNSTACKED_POINTS or size * rows > MAX_STACKED_ELEMENTS or not size:
        return None
    axes = evaluator.input_declarations.batch_axes
    if any(axis is None and d.any() for axis, d in zip(axes, v, strict=True)):
        return None
    alone = evaluator.outputs(x)
    if not all(y.ndim for y in alone):
        return None
    shifts = np.concatenate([[0.0], steps])
    try:
        outputs = evaluator.compute_uncached(
            tuple(repeat_along_batch(a, d, shifts, axis) for a, d, axis in zip(x, v, axes, strict=True))
        )
    except (UserError, Malformed):
        return None
    if any(y.shape != (rows * len(a), *a.shape[1:]) for y, a in zip(outputs, alone, strict=True)):
        return None
    values = np.concatenate([y.reshape(rows, -1) for y in outputs], axis=1)
    return values[1:] if is_equal_but_for_order(values[0], flat(alone)) else None


def is_equal_but_for_order(a: Values, b: Values) -> bool:
    """Whether two vectors differ by no more than sums taken in another order; what is not finite is the same."""
    finite = np.isfinite(b)
    largest = np.max(np.abs(b), initial=0.0, where=finite)
    close = np.abs(a - b) <= REORDERING_FACTOR * EPS * largest
    return bool(np.all(np.where(finite, close, (a == b) | (np.isnan(a) & np.isnan(b)))))


def repeat_along_batch(a: Values, d: Values, shifts: Values, axis: int | None) -> Values:
    """Return a + h·d for all shifts h, concatenated along an axis; a alone where it has no batch axis."""
    if axis is None:
        return copy_array(a)
    moved = a + np.multiply.outer(shifts, d) if a.dtype.kind == "f" else np.stack([a] * len(shifts))
    joined = np.moveaxis(moved, 0, axis) if axis else moved
    return joined.reshape(*a.shape[:axis], -1, *a.shape[axis + 1 :])


def movable_inputs(evaluator: Evaluator) -> list[int]:
    """Return the indices of the inputs that can move: differentiable and not empty."""
    return [
        i
        for i, (moves, a) in enumerate(zip(evaluator.differentiable, evaluator.case.point, strict=True))
        if moves and a.size
    ]


def project_to_tangent(evaluator: Evaluator, point: Point, direction: Point) -> Point:
    """Return the direction projected to lawful ones."""
    rows = zip(evaluator.input_declarations.domains, point, direction, evaluator.differentiable, strict=True)
    return tuple(domain.tangent(x, v) if moves else v for domain, x, v, moves in rows)


def make_direction_lawful(evaluator: Evaluator, point: Point, direction: Point) -> Point:
    """Return the direction projected to lawful ones, and shortened until its largest step stays within the domain."""
    if evaluator.input_declarations.free:
        return direction
    projected = project_to_tangent(evaluator, point, direction)
    shorten = 1.0
    for domain, x, v, moves in zip(
        evaluator.input_declarations.domains, point, projected, evaluator.differentiable, strict=True
    ):
        if moves and v.any():
            with np.errstate(divide="ignore", invalid="ignore"):
                room = np.min(np.where(v != 0, domain.reach(x) / np.abs(v), np.inf), initial=np.inf)
            while shorten * STEPS[0] > room > 0:
                shorten /= 2
    return tuple(v * shorten for v in projected)


class Care(IntEnum):
    """The level of care with which derivatives are taken."""

    QUICK = 0
    """A few steps along one direction where these are enough, else as FULL."""
    FULL = 1
    """All steps, two directions."""
    OTHER_DIRECTIONS = 2
    """All steps, two further directions."""


@dataclass(frozen=True)
class DerivativesKey:
    """The key of the derivatives of a case: the care, None for the quick one alone, the inputs that move, and the key
    of the elements that do not."""

    care: Care | None
    inputs: tuple[int, ...]
    still: Any = ()


Moving = int | tuple[int, ...] | None
"""The inputs that move: one or some by index, None for all that can."""

TOUCHING_KEY = "coordinates that touch a kink"
"""The key under which an evaluator stores them."""


@dataclass(frozen=True)
class KnownCoordinatesKey:
    """The key of what is known of the coordinates when these inputs move."""

    inputs: tuple[int, ...]


def recall_coordinates(evaluator: Evaluator, inputs: list[int]) -> KnownCoordinates:
    """Return what is known of the coordinates of the case when these inputs move."""
    nowhere = partial(np.zeros, sum(a.size for a in evaluator.case.point), bool)
    kinked = evaluator.compute_once(TOUCHING_KEY, nowhere)
    known: KnownCoordinates = evaluator.compute_once(
        KnownCoordinatesKey(tuple(inputs)), lambda: KnownCoordinates(kinked, nowhere())
    )
    return known


def list_moving_inputs(evaluator: Evaluator, moving: Moving) -> list[int]:
    """Return the indices of the inputs that move."""
    if moving is None:
        return movable_inputs(evaluator)
    return [moving] if isinstance(moving, int) else list(moving)


def quick_derivative_of_case(evaluator: Evaluator, i: Moving = None) -> DirectionalDerivative | None:
    """Return the derivative of the case along one direction from a few steps, None where these are not enough; computed
    once.  i: the inputs that move."""
    point, inputs = evaluator.case.point, list_moving_inputs(evaluator, i)

    def take() -> DirectionalDerivative | None:
        if not inputs:
            return None
        rng, project = evaluator.case.rng(f"glance {i}"), partial(make_direction_lawful, evaluator, point)
        forward, referred = CaseForward(evaluator), evaluator.op.reference is not None
        y = forward.vectorize(evaluator.outputs(point))
        are_sums = forward.sums is not None
        return quick_derivative_of_inputs(forward, point, y, inputs, project, rng, referred, are_sums)

    derivative: DirectionalDerivative | None = evaluator.compute_once(DerivativesKey(None, tuple(inputs)), take)
    return derivative


def directional_derivatives_of_case(
    evaluator: Evaluator, i: Moving = None, care: Care = Care.QUICK, still: Point = ()
) -> list[DirectionalDerivative]:
    """Return the derivatives of the case when all inputs move, or some alone; computed once for each level of care,
    which has its own directions.  still: where each input does not move, if anywhere."""
    if still:
        return derivatives_without(evaluator, i, max(care, Care.FULL), still)
    if care is Care.QUICK:
        quick = quick_derivative_of_case(evaluator, i)
        return [quick] if quick else directional_derivatives_of_case(evaluator, i, Care.FULL)
    return derivatives_without(evaluator, i, care, ())


def derivatives_without(evaluator: Evaluator, i: Moving, care: Care, still: Point) -> list[DirectionalDerivative]:
    """Return the derivatives of the case at one level of care along directions that leave some elements where they
    are, none if still is empty; computed once."""
    point, inputs = evaluator.case.point, list_moving_inputs(evaluator, i)

    def make_lawful(direction: Point) -> Point:
        lawful = make_direction_lawful(evaluator, point, direction)
        return tuple(np.where(s, 0.0, d) for s, d in zip(still, lawful, strict=True)) if still else lawful

    def take() -> list[DirectionalDerivative]:
        rng, forward = evaluator.case.rng(f"directions {i}, look {care.value}"), CaseForward(evaluator)
        if forward.sums:
            return take_derivatives_of_sums(forward, point, inputs, make_lawful, rng) if inputs else []
        known = recall_coordinates(evaluator, inputs)
        return take_directional_derivatives(forward, point, inputs, make_lawful, rng, known)

    key = DerivativesKey(care, tuple(inputs), make_point_key(still))
    derivatives: list[DirectionalDerivative] = evaluator.compute_once(key, take)
    return derivatives
