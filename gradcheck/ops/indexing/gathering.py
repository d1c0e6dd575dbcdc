"""Elements taken from their places along one axis, and the upstream added up at these places."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values


def gather(x: Values, places: Values, axis: int = 0) -> Values:
    """The elements of x at some places along the axis.  x: (*A, D, *B), places: (*I) → (*A, *I, *B)."""
    return np.asarray(np.take(x, places, axis=axis))


def scatter_add(dy: Values, places: Values, shape: tuple[int, ...], axis: int = 0) -> Values:
    """The upstream of each place, added up: a place that was taken twice adds twice, where dx[places] += dy would keep
    one of the two.  dy: (*A, *I, *B), places: (*I) → shape, (*A, D, *B)."""
    dx = np.zeros(shape, np.asarray(dy).dtype)
    index: Any = (*[np.s_[:]] * axis, places)
    np.add.at(dx, index, dy)
    return dx
