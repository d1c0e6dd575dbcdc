"""Rounding that does not show at the point itself: a function that moves in stairs, as with float32 inside."""

import numpy as np

from gradcheck.arrays import Values
from gradcheck.oracles.error_factors import FLOAT32_LEVEL, VISIBILITY_FACTOR, WIDEST_STEP


def raise_rounding_to_staircase(rounded: Values, bend: Values, size: Values) -> Values:
    """Rounding, raised where the second differences bend[k] = |f(x+h) - 2 f(x) + f(x-h)| contradict it.

    They fall by 16 per level where f is smooth and by 4 at a kink.  Where the last visible one does not fall, it is a
    staircase (float32 inside) that rounding did not show; unless it is so large beside f that no number format has
    such steps, and f merely saturates far out."""
    visible = bend > VISIBILITY_FACTOR * rounded
    last = (np.arange(len(bend))[:, None] * visible).max(axis=0)[None]
    final, before, beside = (
        np.take_along_axis(a, at, 0)[0] for a, at in ((bend, last), (bend, np.maximum(last - 1, 0)), (size, last))
    )
    staircase = (last[0] > 0) & (final > 0.5 * before) & is_of_a_format(final, beside, rounded)
    return np.where(staircase, np.maximum(rounded, np.maximum(final, before)), rounded)


def measure_stair_height(y: Values, p: Values, m: Values, rounded: Values) -> Values:
    """The height of the stair that f stands on, where the finest steps leave it exactly unmoved though coarser ones
    did not: below that height nothing is known.  0 where f moves, and where the height is f's own, as beside a
    kink."""
    moves = np.minimum(np.where(p != y, np.abs(p - y), np.inf), np.where(m != y, np.abs(m - y), np.inf)).min(axis=0)
    still = (p[-1] == y) & (m[-1] == y) & np.isfinite(moves)
    return np.where(still & is_of_a_format(moves, np.abs(y), rounded), moves, 0.0)


def is_of_a_format(height: Values, size: Values, rounded: Values) -> Values:
    """Whether stairs beside numbers of a size may be those of float32, or of a narrower format that rounding shows.
    Others are f's own, as those of floor(x) at a million."""
    return np.asarray(
        (height < WIDEST_STEP * size) & ((height < FLOAT32_LEVEL * size) | (height < 2 * VISIBILITY_FACTOR * rounded))
    )
