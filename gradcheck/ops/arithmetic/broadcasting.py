"""Broadcasting backwards."""

import numpy as np

from gradcheck.arrays import Values


def unbroadcast(dy: Values, shape: tuple[int, ...]) -> Values:
    """dy summed over the axes along which an array of this shape was broadcast; always a new array.

    Source: the transpose of repeating is summing; broadcasting rules of the array API standard."""
    added = dy.ndim - len(shape)
    stretched = tuple(added + i for i, length in enumerate(shape) if length == 1)
    return np.array(dy.sum(axis=(*range(added), *stretched)).reshape(shape))
