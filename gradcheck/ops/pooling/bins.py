"""Bins that divide an axis, and the largest element of each."""

import math
from collections.abc import Sequence
from itertools import product

import numpy as np

from gradcheck.arrays import Values
from gradcheck.ops.pooling.winners import measure_leads


def divide_axis(length: int, count: int) -> list[slice]:
    """So many bins of equal length on an axis, rounded outwards: neighbours overlap where count does not divide length.
    Source: torch.nn.functional.adaptive_avg_pool2d."""
    return [slice(i * length // count, -(-(i + 1) * length // count)) for i in range(count)]


def find_bin_winners(x: Values, rows: Sequence[slice], columns: Sequence[slice]) -> Values:
    """The place in its channel of the largest element of each bin, the first row by row.

    x: (N, C, H, W) → (N, C, I, J) for I slices of rows and J of columns."""
    places = np.arange(math.prod(x.shape[2:])).reshape(x.shape[2:])
    winners = np.empty((*x.shape[:2], len(rows), len(columns)), np.int64)
    for (i, held), (j, within) in product(enumerate(rows), enumerate(columns)):
        bin_places = places[held, within].ravel()
        first = x[:, :, held, within].reshape(*x.shape[:2], bin_places.size).argmax(axis=-1)
        winners[:, :, i, j] = bin_places[first]
    return winners


def measure_bin_leads(x: Values, rows: Sequence[slice], columns: Sequence[slice]) -> Values:
    """By how much the largest element of each bin leads the second, of those bins that hold several.

    x: (N, C, H, W) → (N, C, at most I*J) for I slices of rows and J of columns."""
    bins = [x[:, :, held, within] for held, within in product(rows, columns)]
    leads = [measure_leads(held.reshape(*x.shape[:2], math.prod(held.shape[2:]))) for held in bins]
    return np.concatenate(leads, axis=-1)
