"""Arrays compared, copied and strung together."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Point = tuple[Array, ...]


def fresh(a: Array) -> Array:
    """A contiguous copy."""
    return np.array(a)


def key(point: Point) -> tuple[Any, ...]:
    """What tells one point from another."""
    return tuple((a.dtype.char, a.shape, a.tobytes()) for a in point)


def flat(arrays: Sequence[Array]) -> Array:
    """All elements as one vector, a copy."""
    return arrays[0].flatten() if len(arrays) == 1 else np.concatenate([np.ravel(a) for a in arrays])


def unflat(vector: Array, like: Sequence[Array]) -> tuple[Array, ...]:
    """The vector cut back into the shapes of `like`."""
    ends = list(accumulate(a.size for a in like))
    return tuple(vector[end - a.size : end].reshape(a.shape) for a, end in zip(like, ends, strict=True))


def same(a: Array, b: Array) -> bool:
    """Equal to the last bit, NaNs included."""
    return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
