"""Arrays compared, copied and strung together."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import numpy as np

Values = np.ndarray[Any, Any]
"""An array of NumPy's, of whatever dtype; `op.Array` is what declares one."""
Point = tuple[Values, ...]
"""The values of all inputs, or of all outputs."""
Gradients = tuple[Values | None, ...]
"""One gradient for each input, None for an input that has none."""


MOST_COPIED = 2**16
"""Bytes up to which two copies are compared faster than the arrays themselves."""


def copy_array(a: Values) -> Values:
    """A contiguous copy."""
    return np.array(a)


def make_point_key(point: Point) -> tuple[Any, ...]:
    """Return a key that tells one point from another."""
    return tuple((a.dtype.char, a.shape, a.tobytes()) for a in point)


def unwrap_matrix(a: Any) -> Any:
    """Return a matrix as an array, since its `*` and its shapes are others; anything else as it is."""
    return np.asarray(a) if isinstance(a, np.matrix) else a


def convert_floats(arrays: Sequence[Values], dtype: type[np.floating[Any]]) -> Point:
    """Floating-point arrays in another dtype; the others as they are."""
    return tuple(a.astype(dtype) if a.dtype.kind == "f" else a for a in arrays)


def flat(arrays: Sequence[Values]) -> Values:
    """All elements as one vector, a copy."""
    return arrays[0].flatten() if len(arrays) == 1 else np.concatenate([np.ravel(a) for a in arrays])


def join(arrays: Sequence[Values]) -> Values:
    """All elements as one vector, on the memory of the array if that is one and contiguous."""
    return arrays[0].reshape(-1) if len(arrays) == 1 else flat(arrays)


def unflatten(vector: Values, like: Sequence[Values]) -> tuple[Values, ...]:
    """The vector cut back into the shapes of `like`."""
    ends = list(accumulate(a.size for a in like))
    return tuple(vector[end - a.size : end].reshape(a.shape) for a, end in zip(like, ends, strict=True))


def is_identical(a: Values, b: Values) -> bool:
    """Equal to the last bit, NaNs included."""
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    if a.dtype.char == "g":
        return have_equal_numbers(a, b)
    if a.nbytes > MOST_COPIED and a.flags.c_contiguous and b.flags.c_contiguous:
        return bool(np.array_equal(view_bits(a), view_bits(b)))
    return a.tobytes() == b.tobytes()


def view_bits(a: Values) -> Values:
    """A contiguous array as whole numbers on the same memory."""
    return a.reshape(-1).view(np.uint64 if a.itemsize % 8 == 0 else np.uint8)


def have_equal_numbers(a: Values, b: Values) -> bool:
    """Whether long doubles are equal, NaNs included: some of their bytes are not used, and differ at random."""
    equal = (a == b) & (np.signbit(a) == np.signbit(b))
    return bool(np.all(equal | (np.isnan(a) & np.isnan(b))))
