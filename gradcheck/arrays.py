"""Arrays compared, copied and strung together; caches are trees of them."""

import copy
from collections.abc import Iterator, Sequence
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


def leaves(tree: Any) -> Iterator[Array]:
    """The arrays in a cache, however it is nested."""
    if isinstance(tree, np.ndarray):
        yield tree
    elif isinstance(tree, dict):
        for item in tree.values():
            yield from leaves(item)
    elif isinstance(tree, (tuple, list)):
        for item in tree:
            yield from leaves(item)
    elif hasattr(tree, "__dict__"):
        yield from leaves(vars(tree))


def snapshot(tree: Any) -> Any:
    """A deep copy of a cache; None where it cannot be copied."""
    try:
        return copy.deepcopy(tree)
    except Exception:  # a cache may hold anything: open files, generators, handles of other libraries
        return None


def same_tree(a: Any, b: Any) -> bool:
    """Whether two caches hold the same arrays."""
    left, right = list(leaves(a)), list(leaves(b))
    return len(left) == len(right) and all(same(x, y) for x, y in zip(left, right, strict=True))
