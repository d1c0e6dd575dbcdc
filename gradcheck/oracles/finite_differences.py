"""Finite differences that know their error: directional, matrix-free, one derivative and one error bar per output
element.

f is evaluated at x ± h·v for falling h until every output has converged, and extrapolated (Richardson; Romberg's
table).  An entry is believed as far as the finer ones agree with it, each finer one being 4 times noisier; one-sided
slopes that go on disagreeing as h falls mark a kink, and only finer steps than that count.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Protocol

import numpy as np

from gradcheck.arrays import Values, copy_array, flat, unflatten
from gradcheck.oracles.error_factors import (
    CHECKED_LEVELS,
    COLUMNS,
    CONVERGED,
    EPS,
    FAINT,
    HALF_THE_DIGITS,
    KINK_FALL,
    MANTISSAS,
    QUICK_DERIVATIVE_STEPS,
    QUICK_DERIVATIVE_STEPS_WITH_REFERENCE,
    SAFETY,
    SIDE_STEPS,
    STEPS,
    THREE_DIGITS,
    UNDERFLOW,
    VISIBILITY_FACTOR,
    WIDEST_STEP,
)
from gradcheck.records.evidence import Estimate

ArrayTuple = tuple[Values, ...]

DIRECTION_POOL_SIZE = 131 * MANTISSAS
"""Elements of a direction after which it repeats itself."""

MAX_LINE_ELEMENTS = 2**16
"""Elements of all points on a line that are made in one operation: beyond, that costs memory and saves nothing."""


class VectorFunction(Protocol):
    """A function of several arrays, seen as a vector of outputs."""

    def evaluate_along_line(self, x: ArrayTuple, v: ArrayTuple, steps: Values) -> Values:
        """Its outputs at x + h·v, a row for each step h; NaN where it has none."""

    def measure_rounding_at(self, point: ArrayTuple) -> Values:
        """How far each output at this point may be off by rounding."""


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


def generate_points_on_line(x: ArrayTuple, v: ArrayTuple, steps: Values) -> Iterator[ArrayTuple]:
    """The points x + h·v for all steps, none sharing memory with x; made all at once where they are small."""
    moves = [bool(d.any()) for d in v]
    together = sum(a.size for a in x) * len(steps) <= MAX_LINE_ELEMENTS
    rows = [a + np.multiply.outer(steps, d) if m and together else a for a, d, m in zip(x, v, moves, strict=True)]
    for k, h in enumerate(steps):
        yield tuple(
            copy_array(a) if not m else row[k, ...] if together else a + h * d
            for a, d, m, row in zip(x, v, moves, rows, strict=True)
        )


def measure_typical_size(a: Values) -> float:
    """Root mean square without overflow; 1 where everything is zero."""
    squares = float(np.vdot(a, a))
    if 1e-280 < squares < 1e280:
        return math.sqrt(squares / a.size)
    largest = float(np.max(np.abs(a), initial=0.0))
    if not largest or not np.isfinite(largest):
        return 1.0
    return largest * float(np.sqrt(np.mean(np.square(a / largest))))


def round_down_to_power_of_two(size: float) -> float:
    """The largest power of two that is no larger."""
    return float(2.0 ** np.floor(np.log2(size)))


@cache
def make_direction_pool() -> Values:
    """Signed shares 1 + k/128 of a size, every k once in each MANTISSAS of them; twice over, so that any run of POOL is
    a slice."""
    rng = np.random.Generator(np.random.Philox(key=1))
    shares = np.concatenate([1 + rng.permutation(MANTISSAS) / 128 for _ in range(DIRECTION_POOL_SIZE // MANTISSAS)])
    return np.tile(shares * rng.choice([-1.0, 1.0], DIRECTION_POOL_SIZE), 2)


def draw_few_bit_direction(sizes: Values, rng: np.random.Generator) -> Values:
    """Signed directions of about these sizes in eight bits, so that x + h·v rounds little; up to MANTISSAS elements
    move by different shares of their size, so that no tie survives the step."""
    begin = MANTISSAS * int(rng.integers(DIRECTION_POOL_SIZE // MANTISSAS))
    run = make_direction_pool()[begin : begin + min(sizes.size, DIRECTION_POOL_SIZE)]
    shares = run if sizes.size <= DIRECTION_POOL_SIZE else np.resize(run, sizes.size)
    return np.asarray(np.ldexp(shares.reshape(sizes.shape), np.frexp(sizes)[1] - 1))


def draw_directions(x: ArrayTuple, moving: Sequence[int], rng: np.random.Generator) -> Iterator[ArrayTuple]:
    """The inputs `moving` by their root mean square, then every element by its own size: a small one is not drowned."""
    still = tuple(np.zeros(a.shape) for a in x)
    for sizes in (measure_input_size, measure_element_sizes):
        parts = {i: draw_few_bit_direction(sizes(x[i]), rng) for i in moving}
        yield tuple(parts.get(i, zero) for i, zero in enumerate(still))


def measure_input_size(a: Values) -> Values:
    """The typical size, for every element."""
    return np.full(a.shape, measure_typical_size(a))


def measure_element_sizes(a: Values) -> Values:
    """Every element's own size; a 64th of the typical one where it is zero."""
    return np.maximum(np.where(a == 0, measure_typical_size(a) / 64, np.abs(a)), 2.0**-512)


def extrapolate(raw: Values, power: int, noise: Values, usable_from: Values) -> Estimate:
    """The best entry of the extrapolation table, per output.  raw[k] is the slope at STEPS[k], off by powers of
    h**power; noise[k] is its rounding; entries before usable_from straddle a kink."""
    values, errors, column = [], [], raw
    for order in range(COLUMNS):
        gap = np.abs(np.diff(column, axis=0))
        departure = gap.copy()
        for k in reversed(range(len(gap) - 1)):
            np.maximum(gap[k], (gap[k] + departure[k + 1]) / 4, out=departure[k])
        entries = len(gap) - 1
        usable = np.arange(entries)[:, None] >= usable_from
        values.append(column[:entries])
        errors.append(np.where(usable, SAFETY * departure[:entries] + noise[order : order + entries], np.inf))
        column = column[1:] + (column[1:] - column[:-1]) / (4.0 ** (power * (order + 1)) - 1)
    error, value = np.concatenate(errors), np.concatenate(values)
    error[np.isnan(error)] = np.inf
    best = np.argmin(error, axis=0)[None]
    return Estimate(*(np.take_along_axis(a, best, 0)[0] for a in (value, error)))


def raise_rounding_to_staircase(rounded: Values, bend: Values, size: Values) -> Values:
    """Rounding, raised where the second differences bend[k] = |f(x+h) - 2 f(x) + f(x-h)| contradict it.

    They fall by 16 per level where f is smooth and by 4 at a kink.  Where the last visible one does not fall, it is a
    staircase (float32 inside) that rounding did not show; unless it is so large beside f that no number format has
    such steps, and f merely saturates far out."""
    visible = bend > VISIBILITY_FACTOR * rounded
    last = (np.arange(len(bend))[:, None] * visible).max(axis=0)[None]
    final, before = np.take_along_axis(bend, last, 0)[0], np.take_along_axis(bend, np.maximum(last - 1, 0), 0)[0]
    staircase = (last[0] > 0) & (final > 0.5 * before) & (final < WIDEST_STEP * np.take_along_axis(size, last, 0)[0])
    return np.where(staircase, np.maximum(rounded, np.maximum(final, before)), rounded)


def measure_stair_height(y: Values, p: Values, m: Values) -> Values:
    """The height of the stair that f stands on, where the finest steps leave it exactly unmoved though coarser ones
    did not: below that height nothing is known.  0 where f moves, and where the height is f's own, as beside a
    kink."""
    moves = np.minimum(np.where(p != y, np.abs(p - y), np.inf), np.where(m != y, np.abs(m - y), np.inf)).min(axis=0)
    still = (p[-1] == y) & (m[-1] == y) & np.isfinite(moves)
    return np.where(still & (moves < WIDEST_STEP * np.abs(y)), moves, 0.0)


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


def differentiate_along(
    f: VectorFunction, x: ArrayTuple, v: ArrayTuple, steps: Values = STEPS
) -> DirectionalDerivative:
    """The derivative of each output of f at x along v."""
    (y,) = f.evaluate_along_line(x, v, np.zeros(1))
    rounded = measure_rounding_nearby(f, x, v)
    values = np.empty((0, y.size))
    for levels in CHECKED_LEVELS:
        values = np.concatenate(
            [values, f.evaluate_along_line(x, v, interleave_signs(steps[len(values) // 2 : levels]))]
        )
        estimate = differentiate_centered(y, values[::2], values[1::2], rounded, steps[:levels, None])
        if np.all(estimate.error <= np.maximum(CONVERGED * np.abs(estimate.value), 8 * rounded)):
            break
    return DirectionalDerivative(v, estimate)


def quick_derivative(
    f: VectorFunction, x: ArrayTuple, v: ArrayTuple, y: Values, steps: Values, referred: bool
) -> DirectionalDerivative | None:
    """The derivative of each output along v from a few steps, where all outputs look smooth there and are known well
    enough; else None.  y: the outputs at x.  referred: whether a reference speaks for every element, so that it is
    enough where rounding alone hides the rest, and a few of several outputs may have kinks.

    The error is that of the finest steps before their last extrapolation, and the rounding of the last digit: enough
    to accept a gradient by, never to reject one."""
    values = f.evaluate_along_line(x, v, interleave_signs(steps))
    p, m, h = values[::2], values[1::2], steps[:, None]
    coarse, fine = (np.abs(p[k] - 2 * y + m[k]) / steps[k] for k in (-2, -1))
    noise = VISIBILITY_FACTOR * EPS / steps[-1] * np.maximum(np.abs(p[-1]), np.abs(m[-1]))
    column = (p - m) / (2 * h)
    for order in range(1, len(steps)):
        column, coarser = column[1:] + (column[1:] - column[:-1]) / (16.0**order - 1), column
    value, unsettled = column[0], SAFETY * np.abs(column[0] - coarser[-1])
    largest = float(np.max(np.abs(value), initial=UNDERFLOW))
    kinked = (fine > VISIBILITY_FACTOR * noise) & (fine > KINK_FALL * coarse)
    any_kinked = bool(kinked.any())
    if any_kinked and (not referred or kinked.all()):
        return None
    enough = (
        unsettled <= np.maximum(THREE_DIGITS * largest, noise)
        if referred
        else (unsettled + noise <= HALF_THE_DIGITS * largest)
    )
    if not (enough | kinked if any_kinked else enough).all():
        return None
    error = unsettled + noise
    return DirectionalDerivative(v, Estimate(value, np.where(kinked, np.inf, error) if any_kinked else error))


def quick_derivative_of_inputs(
    f: VectorFunction,
    x: ArrayTuple,
    y: Values,
    moving: Sequence[int],
    project: Any,
    rng: np.random.Generator,
    referred: bool,
) -> DirectionalDerivative | None:
    """The derivative along the first direction of these inputs; None where it wants a closer look."""
    v = project(next(draw_directions(x, moving, rng)))
    if not any(d.any() for d in v):
        return None
    slope = quick_derivative(
        f, x, v, y, QUICK_DERIVATIVE_STEPS_WITH_REFERENCE[0] if referred else QUICK_DERIVATIVE_STEPS, referred
    )
    if referred and (slope is None or slope.kinked.any()):
        slope = quick_derivative(f, x, v, y, QUICK_DERIVATIVE_STEPS_WITH_REFERENCE[1], referred)
    return slope


def differentiate_centered(y: Values, p: Values, m: Values, rounded: Values, h: Values) -> Estimate:
    """The derivative from centered differences at the levels so far."""
    bend = np.abs(p - 2 * y + m)
    size = np.maximum(np.abs(p), np.abs(m))
    seen = np.maximum(raise_rounding_to_staircase(rounded, bend, size), measure_stair_height(y, p, m))
    noise, jump = np.maximum(seen, EPS * size) / h, bend / h
    kinked = ~np.isfinite(p - m) | find_kinked_levels(jump, noise)
    straddles = kinked.copy()
    straddles[0] = True
    usable_from = (np.arange(1, len(h) + 1)[:, None] * straddles).max(axis=0)
    return extrapolate((p - m) / (2 * h), 2, noise, usable_from)


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


def differentiate_one_sided(f: VectorFunction, x: ArrayTuple, v: ArrayTuple, y: Values, rounded: Values) -> Estimate:
    """The slope of each output when x leaves along v: f'(x; v).  y: the outputs at x, and how far they may be off."""
    raw = (f.evaluate_along_line(x, v, SIDE_STEPS) - y) / SIDE_STEPS[:, None]
    noise = 2 * np.maximum(rounded, EPS * np.abs(y)) / SIDE_STEPS[:, None]
    bends = ~np.isfinite(raw)
    moved = np.abs(np.diff(raw, axis=0))
    bends[2:] |= (moved[1:] > VISIBILITY_FACTOR * noise[2:]) & (moved[1:] > KINK_FALL * moved[:-1])
    bends[0] = True
    usable_from = (np.arange(1, len(SIDE_STEPS) + 1)[:, None] * bends).max(axis=0)
    return extrapolate(raw, 1, noise, usable_from)


def remove_kinked_coordinates(
    f: VectorFunction, x: ArrayTuple, slope: DirectionalDerivative, known: Values, most: int = 24
) -> DirectionalDerivative:
    """For a scalar output with a kink at x: the same direction without the coordinates that touch the kink, found by
    bisection.  known: those that were found before, to which those that are found now are added.

    At most `most` looks are taken, quick ones where these are enough; coordinates not cleared by then stay out."""
    vector = flat(slope.direction)
    rounded = measure_rounding_nearby(f, x, slope.direction)
    (y,) = f.evaluate_along_line(x, slope.direction, np.zeros(1))
    for looks_kinked in (
        lambda v: is_kinked_at_quick_steps(f, x, v, y, rounded),
        lambda v: bool(differentiate_along(f, x, v).kinked.all()),
    ):
        smooth = find_smooth_coordinates(slope.direction, known, looks_kinked, most)
        touching = unflatten((vector != 0) & ~smooth, slope.direction)
        if not smooth.any():
            return replace(slope, touching=touching)
        rest = differentiate_along(f, x, restrict_direction(slope.direction, np.flatnonzero(smooth)))
        if not rest.kinked.all():
            break
    return replace(rest, touching=touching)


def find_smooth_coordinates(
    direction: ArrayTuple, known: Values, looks_kinked: Callable[[ArrayTuple], bool], most: int
) -> Values:
    """The coordinates of a direction that touch no kink, by bisection; single ones that do become known."""
    vector = flat(direction)
    smooth = np.zeros(vector.shape, bool)
    waiting = [part for part in [np.flatnonzero((vector != 0) & ~known)] if len(part)]
    for _ in range(most):
        if not waiting:
            break
        part = waiting.pop(0)
        if not looks_kinked(restrict_direction(direction, part)):
            smooth[part] = True
        elif len(part) > 1:
            waiting += np.array_split(part, 2)
        else:
            known[part] = True
    return smooth


def is_kinked_at_quick_steps(f: VectorFunction, x: ArrayTuple, v: ArrayTuple, y: Values, rounded: Values) -> bool:
    """Whether a scalar output, y at x, bends like a kink between two small steps along v: its second difference falls
    as the step does, that of a smooth one as its square."""
    values = f.evaluate_along_line(x, v, interleave_signs(QUICK_DERIVATIVE_STEPS[1:]))
    coarse, fine = np.abs(values[::2] - 2 * y + values[1::2])[:, 0]
    return not fine <= max(VISIBILITY_FACTOR * float(rounded[0]), KINK_FALL * float(coarse) / 4)


def restrict_direction(direction: ArrayTuple, part: Values) -> ArrayTuple:
    """The direction with only these coordinates kept."""
    vector = flat(direction)
    kept = np.zeros(vector.shape)
    kept[part] = vector[part]
    return unflatten(kept, direction)


def take_directional_derivatives(
    f: VectorFunction, x: ArrayTuple, moving: Sequence[int], project: Any, rng: np.random.Generator, touching: Values
) -> list[DirectionalDerivative]:
    """The derivative along both directions of these inputs; project(direction) makes one lawful.  Where a scalar
    output has a kink, the direction is split.  touching: which coordinates are known to touch it, filled in here."""
    found = []
    for direction in draw_directions(x, moving, rng) if moving else ():
        v = project(direction)
        if any(d.any() for d in v):
            slope = differentiate_along(f, x, v)
            found.append(
                remove_kinked_coordinates(f, x, slope, touching)
                if slope.kinked.shape == (1,) and slope.kinked[0]
                else slope
            )
    return found


def weight_upstream(upstream: Values, found: Sequence[DirectionalDerivative]) -> Values:
    """The upstream, zero where an output is unreliable and weighted by 1 / error elsewhere, so that one poorly known
    output blurs no other."""
    weight = np.ones(upstream.shape)
    for slope in found:
        value, error = slope.estimate.value, slope.estimate.error
        known = np.isfinite(error) & np.isfinite(value)
        if value.shape == (1,) and not known[0]:
            continue  # a kinked scalar: its coordinates are left out instead
        wanted = max(
            1e-9 * float(np.max(np.abs(value), initial=0, where=known)),
            float(np.min(error, initial=1.0, where=known)),
            1e-300,
        )
        weight = np.minimum(weight, np.where(known, np.minimum(1, wanted / np.maximum(error, 1e-300)), 0.0))
    return np.asarray(np.where(weight > FAINT, weight, 0.0) * upstream)
