"""Primitives that make, move and join elements without computing anything."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.oracles.jaxpr.primitives.pointwise import map_to_total_order

ConcreteShape = tuple[int, ...]


def broadcast_in_dim(x: Values, shape: ConcreteShape, broadcast_dimensions: Sequence[int]) -> Any:
    """x with its axes at `broadcast_dimensions` of a new shape, repeated along the others."""
    if not np.ndim(x):
        return np.full(shape, x)
    lengths = [1] * len(shape)
    for axis, length in zip(broadcast_dimensions, np.shape(x), strict=True):
        lengths[axis] = length
    placed = x.reshape(lengths)
    return placed if placed.shape == shape else np.broadcast_to(placed, shape)


def reshape(x: Values, new_sizes: ConcreteShape, dimensions: Sequence[int] | None) -> Any:
    """The elements in another shape, in order: in that of the axes at `dimensions`, if these are given."""
    return np.reshape(x if dimensions is None else np.transpose(x, dimensions), new_sizes)


def squeeze(x: Values, dimensions: Sequence[int]) -> Any:
    """Without these axes of length one."""
    return np.squeeze(x, axis=tuple(dimensions))


def transpose(x: Values, permutation: Sequence[int]) -> Any:
    """Axes in another order."""
    return np.transpose(x, permutation)


def rev(x: Values, dimensions: Sequence[int]) -> Any:
    """Backwards along these axes."""
    return np.flip(x, axis=tuple(dimensions))


def concatenate(*xs: Values, dimension: int) -> Any:
    """End to end."""
    return np.concatenate(xs, axis=dimension)


def split(x: Values, sizes: Sequence[int], axis: int) -> Any:
    """Cut into parts of these lengths."""
    return np.split(x, list(accumulate(sizes[:-1])), axis=axis)


def stack(*xs: Values, axis: int) -> Any:
    """Side by side along a new axis."""
    return np.stack(xs, axis=axis)


def unstack(x: Values, axis: int) -> Any:
    """The slices along an axis."""
    return np.moveaxis(x, axis, 0)


def tile(x: Values, reps: Sequence[int]) -> Any:
    """Copies of the whole along each axis."""
    return np.tile(x, reps)


def iota(*, dtype: Any, shape: ConcreteShape, dimension: int) -> Any:
    """Whole numbers along one axis, repeated along the others."""
    row = np.arange(shape[dimension], dtype=dtype)
    return np.broadcast_to(row.reshape([-1 if i == dimension else 1 for i in range(len(shape))]), shape)


def slice_(x: Values, start_indices: ConcreteShape, limit_indices: ConcreteShape, strides: ConcreteShape | None) -> Any:
    """From start to limit along each axis."""
    steps = strides or (1,) * len(start_indices)
    return x[tuple(slice(*bounds) for bounds in zip(start_indices, limit_indices, steps, strict=True))]


def pad(x: Values, value: Any, padding_config: Sequence[tuple[int, int, int]]) -> Any:
    """Padding before, behind and between elements; a negative one takes elements away."""
    taken, put, shape = [], [], []
    for n, (low, high, between) in zip(x.shape, padding_config, strict=True):
        step = between + 1
        length = low + high + n + max(0, n - 1) * between
        first = max(0, -(low // step))
        last = min(n, max(first, (length - low + between) // step))
        taken.append(slice(first, last))
        put.append(slice(low + first * step, low + last * step, step) if last > first else slice(0))
        shape.append(length)
    padded = np.full(shape, value, x.dtype)
    padded[tuple(put)] = x[tuple(taken)]
    return padded


def clamp_starts(indices: Sequence[Values], shape: ConcreteShape, sizes: ConcreteShape) -> list[int]:
    """Where a slice of these sizes begins, moved so that it lies within the array."""
    return [max(0, min(int(i), n - m)) for i, n, m in zip(indices, shape, sizes, strict=True)]


def dynamic_slice(x: Values, *indices: Values, slice_sizes: ConcreteShape) -> Any:
    """A slice of fixed sizes at a place that is computed."""
    return x[
        tuple(slice(i, i + n) for i, n in zip(clamp_starts(indices, x.shape, slice_sizes), slice_sizes, strict=True))
    ]


def dynamic_update_slice(x: Values, update: Values, *indices: Values) -> Any:
    """x with a slice put in at a place that is computed."""
    changed = np.array(x)
    begins = clamp_starts(indices, x.shape, update.shape)
    changed[tuple(slice(i, i + n) for i, n in zip(begins, update.shape, strict=True))] = update
    return changed


def sort(*xs: Values, dimension: int, num_keys: int) -> Any:
    """Each array in the order of the first few, NaN last; equal ones stay in order."""
    if len(xs) == 1:
        return (np.sort(xs[0], axis=dimension, kind="stable"),)
    order = np.lexsort(xs[:num_keys][::-1], axis=dimension)
    return tuple(np.take_along_axis(x, order, axis=dimension) for x in xs)


def top_k(x: Values, k: int, axis: int = -1) -> Any:
    """The k largest, and where they stand; of equal ones the first."""
    order = np.argsort(~map_to_total_order(x), axis=axis, kind="stable")
    first = np.take(order, np.arange(k), axis=axis)
    return np.take_along_axis(x, first, axis=axis), first.astype(np.int32)


TABLE: dict[str, Callable[..., Any]] = {
    "broadcast_in_dim": broadcast_in_dim,
    "reshape": reshape,
    "squeeze": squeeze,
    "transpose": transpose,
    "rev": rev,
    "concatenate": concatenate,
    "split": split,
    "stack": stack,
    "unstack": unstack,
    "tile": tile,
    "iota": iota,
    "empty2": lambda *, dtype: np.zeros((), dtype),
    "dim_as_value": lambda *, dim: np.int64(dim),
    "slice": slice_,
    "pad": pad,
    "dynamic_slice": dynamic_slice,
    "dynamic_update_slice": dynamic_update_slice,
    "sort": sort,
    "top_k": top_k,
}
