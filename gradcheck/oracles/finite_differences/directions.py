"""The directions along which inputs move: of few bits, so that a step rounds little."""

import math
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from gradcheck.arrays import Values, flat, unflatten
from gradcheck.oracles.error_factors import MANTISSAS
from gradcheck.oracles.finite_differences.line import ArrayTuple

DIRECTION_POOL_SIZE = 131 * MANTISSAS
"""Elements of a direction after which it repeats itself."""


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


def restrict_direction(direction: ArrayTuple, part: Values) -> ArrayTuple:
    """The direction with only these coordinates kept."""
    vector = flat(direction)
    kept = np.zeros(vector.shape)
    kept[part] = vector[part]
    return unflatten(kept, direction)
