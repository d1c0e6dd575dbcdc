"""The sum that defines convolutions, element by element, for references."""

import math
from collections.abc import Sequence
from typing import Any

from gradcheck.declaration.array_api import namespace


def gather_space(x: Any, places: Sequence[Any]) -> Any:
    """What stands at these places of each axis of space, all of them within it.

    x: (N, C, *S), places: whole numbers (I, K) for each axis of space → (N, C, I, K, J, L, …)."""
    xp, met = namespace(x), x
    for axis, of_axis in reversed(list(enumerate(places, 2))):
        behind = met.shape[axis + 1 :]
        met = xp.take(met, xp.reshape(of_axis, (-1,)), axis=axis)
        met = xp.reshape(met, (*x.shape[:axis], *of_axis.shape, *behind))
    return met


def gather_or_zero(x: Any, places: Sequence[Any]) -> Any:
    """What stands at these places of each axis of space, and zero where one of them is outside of its axis.

    x: (N, C, *S), places: whole numbers (I, K) for each axis of space → (N, C, I, K, J, L, …)."""
    xp, space = namespace(x), x.shape[2:]
    nearest = [xp.clip(of_axis, 0, length - 1) for of_axis, length in zip(places, space, strict=True)]
    met = gather_space(x, nearest)
    for axis, (of_axis, length) in enumerate(zip(places, space, strict=True), 1):
        inside = xp.astype((of_axis >= 0) & (of_axis < length), x.dtype)
        met = met * xp.reshape(inside, (*of_axis.shape, *[1] * 2 * (len(places) - axis)))
    return met


def sum_over_kernel(x: Any, w: Any, places: Sequence[Any]) -> Any:
    """y[n, g*M + m, i, j, …] = Σ over c, k, l, … of w[g, m, c, k, l, …] x[n, g*C + c, p[i, k], q[j, l], …].

    x: (N, G*C, *S), w: (G, M, C, *K), places: p, q, … of shapes (I, K), (J, L), … → (N, G*M, I, J, …)."""
    xp, axes = namespace(x), len(places)
    groups, features, channels, *kernel = w.shape
    met = gather_or_zero(x, places)
    met = xp.reshape(met, (x.shape[0], groups, channels, *met.shape[2:]))
    met = xp.permute_dims(met, (1, 0, *range(3, 3 + 2 * axes, 2), 2, *range(4, 4 + 2 * axes, 2)))
    counts, terms = met.shape[1 : 2 + axes], channels * math.prod(kernel)
    met = xp.reshape(met, (groups, math.prod(counts), terms))
    y = met @ xp.permute_dims(xp.reshape(w, (groups, features, terms)), (0, 2, 1))
    y = xp.permute_dims(xp.reshape(y, (groups, *counts, features)), (1, 0, 2 + axes, *range(2, 2 + axes)))
    return xp.reshape(y, (x.shape[0], groups * features, *counts[1:]))
