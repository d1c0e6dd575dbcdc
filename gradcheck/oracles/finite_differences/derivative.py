"""The derivative of every output along one direction, from both sides or from one."""

from dataclasses import dataclass

import numpy as np

from gradcheck.arrays import Values
from gradcheck.oracles.error_factors import (
    CHECKED_LEVELS,
    CONVERGED,
    EPS,
    KINK_FALL,
    RISE_VISIBILITY_FACTOR,
    SAFETY,
    SIDE_STEPS,
    SLOPE_RISE,
    STEPS,
    VISIBILITY_FACTOR,
)
from gradcheck.oracles.finite_differences.extrapolation import extrapolate
from gradcheck.oracles.finite_differences.line import (
    ArrayTuple,
    VectorFunction,
    interleave_signs,
    measure_rounding_nearby,
)
from gradcheck.oracles.finite_differences.staircases import measure_stair_height, raise_rounding_to_staircase
from gradcheck.records.evidence import Estimate


@dataclass(frozen=True)
class DirectionalDerivative:
    """The derivative of every output along one direction.

    touching: coordinates left out of the direction because a scalar output has a kink there; none where it has not.
    """

    direction: ArrayTuple
    estimate: Estimate
    touching: ArrayTuple = ()

    @property
    def kinked(self) -> Values:
        """The outputs that have no derivative here, or none that the steps could find."""
        return ~np.isfinite(self.estimate.error)


def differentiate_along(
    f: VectorFunction, x: ArrayTuple, v: ArrayTuple, steps: Values = STEPS, rounded: Values | None = None
) -> DirectionalDerivative:
    """The derivative of each output of f at x along v.  rounded: how far each output may be off by rounding, measured
    here where it is not given."""
    (y,) = f.evaluate_along_line(x, v, np.zeros(1))
    rounded = measure_rounding_nearby(f, x, v) if rounded is None else rounded
    values = np.empty((0, y.size))
    for levels in (n for n in CHECKED_LEVELS if n <= len(steps)):
        values = np.concatenate(
            [values, f.evaluate_along_line(x, v, interleave_signs(steps[len(values) // 2 : levels]))]
        )
        estimate = differentiate_centered(y, values[::2], values[1::2], rounded, steps[:levels, None])
        converged = estimate.error <= np.maximum(CONVERGED * np.abs(estimate.value), 8 * rounded)
        if np.all(converged | ~np.isfinite(y)):
            break
    return DirectionalDerivative(v, estimate)


def differentiate_centered(y: Values, p: Values, m: Values, rounded: Values, h: Values) -> Estimate:
    """The derivative from centered differences at the levels so far."""
    bend = np.abs(p - 2 * y + m)
    size = np.maximum(np.abs(p), np.abs(m))
    seen = np.maximum(raise_rounding_to_staircase(rounded, bend, size), measure_stair_height(y, p, m, rounded))
    seen = np.maximum(seen, measure_plateau_rounding(y, p, m))
    noise, jump = np.maximum(seen, EPS * size) / h, bend / h
    kinked = ~np.isfinite(p - m) | find_kinked_levels(jump, noise) | find_rising_levels(np.abs(p - m) / h, noise)
    straddles = kinked.copy()
    straddles[0] = True
    usable_from = (np.arange(1, len(h) + 1)[:, None] * straddles).max(axis=0)
    return extrapolate((p - m) / (2 * h), 2, noise, usable_from)


def measure_plateau_rounding(y: Values, p: Values, m: Values) -> Values:
    """How far an output that a step moves on neither side may be off: by the rounding of a term as large as the largest
    output, or as one, which has swallowed what moves, as in log(1 + exp(-50)).  0 where it moves."""
    largest = np.max(np.abs(y), initial=1.0, where=np.isfinite(y))
    return np.asarray(np.where((p == y) & (m == y), SAFETY * EPS * largest, 0.0))


def find_kinked_levels(jump: Values, noise: Values) -> Values:
    """At which levels an output shows a kink: its one-sided slopes differ by jump[k], which does not fall as the step
    does.  A kink that was seen is still there where noise[k] would hide it."""
    limit = np.abs(4 * jump[1:] - jump[:-1]) / 3  # without the curvature, beside which a small kink does not show
    kinked = np.zeros(jump.shape, bool)
    kinked[1:] = (jump[1:] > VISIBILITY_FACTOR * noise[1:]) & (jump[1:] > KINK_FALL * jump[:-1])
    kinked[2:] |= (limit[1:] > 2 * VISIBILITY_FACTOR * noise[2:]) & (limit[1:] > KINK_FALL * limit[:-1])
    strength = np.minimum(jump[1:], limit)
    seen = np.zeros(jump.shape[1:])
    for k in range(1, len(jump)):
        kinked[k] |= 2 * VISIBILITY_FACTOR * noise[k] >= np.where(seen > 0, seen, np.inf)
        seen = np.where(kinked[k], np.where(seen > 0, np.minimum(seen, strength[k - 1]), strength[k - 1]), 0.0)
    return kinked


def find_rising_levels(slope: Values, noise: Values) -> Values:
    """At which levels the slope of an output rises as the step falls, as at a jump, where it rises without limit, or
    where a root meets zero: there it has no finite derivative.  That of a smooth output comes to rest."""
    rising = np.zeros(slope.shape, bool)
    rising[1:] = (slope[1:] > RISE_VISIBILITY_FACTOR * noise[1:]) & (slope[1:] > (1 + SLOPE_RISE) * slope[:-1])
    return rising


def differentiate_one_sided(ahead: Values, y: Values, rounded: Values) -> Estimate:
    """The slopes of outputs when a point leaves along a direction: f'(x; v).  ahead: the outputs at SIDE_STEPS, a row
    for each; y: those at the point; rounded: how far these may be off."""
    raw = (ahead - y) / SIDE_STEPS[:, None]
    noise = 2 * np.maximum(rounded, EPS * np.abs(y)) / SIDE_STEPS[:, None]
    bends = ~np.isfinite(raw)
    moved = np.abs(np.diff(raw, axis=0))
    bends[2:] |= (moved[1:] > VISIBILITY_FACTOR * noise[2:]) & (moved[1:] > KINK_FALL * moved[:-1])
    bends[0] = True
    usable_from = (np.arange(1, len(SIDE_STEPS) + 1)[:, None] * bends).max(axis=0)
    return extrapolate(raw, 1, noise, usable_from)
