"""The coordinates of a direction that touch a kink of a scalar output, found by bisection and left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gradcheck.arrays import Values, flat, unflatten
from gradcheck.oracles.error_factors import KINK_FALL, QUICK_DERIVATIVE_STEPS, STEPS, VISIBILITY_FACTOR
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative, differentiate_along
from gradcheck.oracles.finite_differences.directions import draw_directions, restrict_direction
from gradcheck.oracles.finite_differences.line import (
    ArrayTuple,
    VectorFunction,
    interleave_signs,
    measure_rounding_nearby,
)

FEW_LEVELS = slice(3, 11)
"""Levels of STEPS for sums of many outputs, of which each costs much: the coarser ones cross too many kinks, and a kink
closer than the finest moves a sum by less than its other terms round."""


@dataclass
class KnownCoordinates:
    """What earlier directions told of the coordinates of a point.  kinked: which touch a kink each by itself.  smooth:
    all that the latest direction moved along which there was a derivative."""

    kinked: Values
    smooth: Values


def remove_kinked_coordinates(
    f: VectorFunction, x: ArrayTuple, slope: DirectionalDerivative, known: KnownCoordinates, most: int = 24
) -> DirectionalDerivative:
    """For a scalar output with a kink at x: the same direction without the coordinates that touch the kink, found by
    bisection.  known: what was found before, to which is added what is found now.  A direction along which the output
    is not finite stays as it is.

    At most `most` looks are taken, quick ones where these are enough; coordinates not cleared by then stay out."""
    vector = flat(slope.direction)
    rounded = measure_rounding_nearby(f, x, slope.direction)
    (y,) = f.evaluate_along_line(x, slope.direction, np.zeros(1))
    if not np.isfinite(y[0]):
        return slope
    for looks_kinked in (
        lambda v: is_kinked_at_quick_steps(f, x, v, y, rounded),
        lambda v: bool(differentiate_along(f, x, v, rounded=rounded).kinked.all()),
    ):
        smooth = find_smooth_coordinates(slope.direction, known, looks_kinked, most)
        touching = unflatten((vector != 0) & ~smooth, slope.direction)
        if not smooth.any():
            return replace(slope, touching=touching)
        rest = differentiate_along(f, x, restrict_direction(slope.direction, np.flatnonzero(smooth)))
        if not rest.kinked.all():
            known.smooth = smooth
            break
    return replace(rest, touching=touching)


def find_smooth_coordinates(
    direction: ArrayTuple, known: KnownCoordinates, looks_kinked: Callable[[ArrayTuple], bool], most: int
) -> Values:
    """The coordinates of a direction that touch no kink: those of an earlier direction, if these are still smooth, else
    by bisection; single ones that touch one become known."""
    vector = flat(direction)
    smooth = (vector != 0) & known.smooth
    if smooth.any() and not looks_kinked(restrict_direction(direction, np.flatnonzero(smooth))):
        return smooth
    smooth = np.zeros(vector.shape, bool)
    waiting = [part for part in [np.flatnonzero((vector != 0) & ~known.kinked)] if len(part)]
    for _ in range(most):
        if not waiting:
            break
        part = waiting.pop(0)
        if not looks_kinked(restrict_direction(direction, part)):
            smooth[part] = True
        elif len(part) > 1:
            waiting += np.array_split(part, 2)
        else:
            known.kinked[part] = True
    return smooth


def is_kinked_at_quick_steps(f: VectorFunction, x: ArrayTuple, v: ArrayTuple, y: Values, rounded: Values) -> bool:
    """Whether a scalar output, y at x, bends like a kink between two small steps along v: its second difference falls
    as the step does, that of a smooth one as its square."""
    values = f.evaluate_along_line(x, v, interleave_signs(QUICK_DERIVATIVE_STEPS[1:]))
    coarse, fine = np.abs(values[::2] - 2 * y + values[1::2])[:, 0]
    return not fine <= max(VISIBILITY_FACTOR * float(rounded[0]), KINK_FALL * float(coarse) / 4)


def take_derivatives_of_sums(
    f: VectorFunction, x: ArrayTuple, moving: Sequence[int], project: Any, rng: np.random.Generator
) -> list[DirectionalDerivative]:
    """The derivative of many sums of outputs along the second direction of these inputs, by FEW_LEVELS."""
    *_, direction = draw_directions(x, moving, rng)
    v = project(direction)
    return [differentiate_along(f, x, v, STEPS[FEW_LEVELS])] if any(d.any() for d in v) else []


def take_directional_derivatives(
    f: VectorFunction,
    x: ArrayTuple,
    moving: Sequence[int],
    project: Any,
    rng: np.random.Generator,
    known: KnownCoordinates,
) -> list[DirectionalDerivative]:
    """The derivative along both directions of these inputs; project(direction) makes one lawful.  Where a scalar
    output has a kink, the direction is split.  known: what is known of the coordinates, filled in here."""
    found = []
    for direction in draw_directions(x, moving, rng) if moving else ():
        v = project(direction)
        if any(d.any() for d in v):
            slope = differentiate_along(f, x, v)
            found.append(
                remove_kinked_coordinates(f, x, slope, known)
                if slope.kinked.shape == (1,) and slope.kinked[0]
                else slope
            )
    return found
