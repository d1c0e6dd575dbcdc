"""Lengths of sequences that lie one behind the other in one array."""

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.domain import Domain, map_to_whole_numbers
from gradcheck.declaration.shape import NameValues


def lengths(total: str) -> Domain:
    """Whole numbers of at least one that sum to an axis; they have no gradient."""

    def share_out(points: Values, names: NameValues) -> Values:
        weights = np.cumsum(1 + map_to_whole_numbers(points) % 8)
        ends = weights * (names[total] - points.size) // weights[-1:]
        return 1 + np.diff(ends, prepend=0)

    return Domain(f"lengths({total})", share_out, gradient=False, names=frozenset({total}))
