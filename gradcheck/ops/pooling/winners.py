"""Winners: the largest element of each window, by its place among all elements of its channel.

Of several that tie, the first one in the order of the channel wins.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.ops.convolution.windows import cut_windows, pad_space


def list_windows(x: Values, widths: Sequence[tuple[int, int]], kernel: int, stride: int, padding: float) -> Values:
    """The elements of each window in one row.  x: (N, C, *S) → (N, C, *S', kernel^n), n the number of axes of space."""
    axes = len(widths)
    windows = cut_windows(pad_space(x, widths, padding), [kernel] * axes, stride)
    return windows.reshape(*windows.shape[: x.ndim], kernel**axes)


def locate_winners(first: Values, space: Sequence[int], kernel: int, stride: int, pad: int) -> Values:
    """The places in their channels of the elements that stand at `first` in the rows of list_windows.

    first: (N, C, *S') → (N, C, *S')."""
    windows: Any = np.indices(first.shape, sparse=True)[2:]
    within = np.unravel_index(first, [kernel for _ in space])
    places = tuple(i * stride - pad + k for i, k in zip(windows, within, strict=True))
    return np.asarray(np.ravel_multi_index(places, tuple(space)))


def take_winners(x: Values, winners: Values) -> Values:
    """The elements that stand at these places of each channel.  x: (N, C, *S), winners: (N, C, *S') → (N, C, *S')."""
    rows = x.reshape(*x.shape[:2], math.prod(x.shape[2:]))
    flat = winners.reshape(*x.shape[:2], math.prod(winners.shape[2:]))
    return np.take_along_axis(rows, flat, axis=-1).reshape(winners.shape)


def route_to_winners(dy: Values, winners: Values, shape: tuple[int, ...]) -> Values:
    """The upstream of each window at its winner, zero elsewhere; an element that wins several windows adds up.

    dy, winners: (N, C, *S'), shape: (N, C, *S) → (N, C, *S)."""
    dx = np.zeros((*shape[:2], math.prod(shape[2:])), dy.dtype)
    places: Any = np.indices(winners.shape, sparse=True)
    np.add.at(dx, (*places[:2], winners), dy)
    return dx.reshape(shape)


def measure_leads(windows: Values) -> Values:
    """By how much the largest of each window leads the second; nothing where there is no second.

    windows: (…, K) → (…, 0 or 1)."""
    return np.diff(np.sort(windows, axis=-1)[..., -2:], axis=-1)
