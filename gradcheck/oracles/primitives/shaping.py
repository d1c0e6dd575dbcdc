"""Primitives that make, move and join elements without computing anything."""

from collections.abc import Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]


def broadcast_in_dim(x: Array, shape: Shape, broadcast_dimensions: Sequence[int]) -> Any:
    """x with its axes at `broadcast_dimensions` of a new shape, repeated along the others."""
    lengths = [1] * len(shape)
    for axis, length in zip(broadcast_dimensions, np.shape(x), strict=True):
        lengths[axis] = length
    return np.broadcast_to(np.reshape(x, lengths), shape)


def reshape(x: Array, new_sizes: Shape) -> Any:
    """The elements in order in another shape."""
    return np.reshape(x, new_sizes)


def squeeze(x: Array, dimensions: Sequence[int]) -> Any:
    """Without these axes of length one."""
    return np.squeeze(x, axis=tuple(dimensions))


def transpose(x: Array, permutation: Sequence[int]) -> Any:
    """Axes in another order."""
    return np.transpose(x, permutation)


def rev(x: Array, dimensions: Sequence[int]) -> Any:
    """Backwards along these axes."""
    return np.flip(x, axis=tuple(dimensions))


def concatenate(*xs: Array, dimension: int) -> Any:
    """End to end."""
    return np.concatenate(xs, axis=dimension)


def split(x: Array, sizes: Sequence[int], axis: int) -> Any:
    """Cut into parts of these lengths."""
    return np.split(x, np.cumsum(sizes[:-1]), axis=axis)


def iota(*, dtype: Any, shape: Shape, dimension: int) -> Any:
    """Whole numbers along one axis, repeated along the others."""
    row = np.arange(shape[dimension], dtype=dtype)
    return np.broadcast_to(row.reshape([-1 if i == dimension else 1 for i in range(len(shape))]), shape)


def slice_(x: Array, start_indices: Shape, limit_indices: Shape, strides: Shape | None) -> Any:
    """From start to limit along each axis."""
    steps = strides or (1,) * len(start_indices)
    return x[tuple(slice(*bounds) for bounds in zip(start_indices, limit_indices, steps, strict=True))]


def pad(x: Array, value: Any, padding_config: Sequence[tuple[int, int, int]]) -> Any:
    """Padding before, behind and between elements; a negative one takes elements away."""
    spread = np.full(
        [n + max(0, n - 1) * inner for n, (_, _, inner) in zip(x.shape, padding_config, strict=True)], value
    )
    spread = spread.astype(x.dtype)
    spread[tuple(slice(None, None, inner + 1) for _, _, inner in padding_config)] = x
    outside = [(max(0, low), max(0, high)) for low, high, _ in padding_config]
    padded = np.pad(spread, outside, constant_values=value)
    kept = [(max(0, -low), n - max(0, -high)) for n, (low, high, _) in zip(padded.shape, padding_config, strict=True)]
    return padded[tuple(slice(first, max(first, last)) for first, last in kept)]


def starts(indices: Sequence[Array], shape: Shape, sizes: Shape) -> list[int]:
    """Where a slice of these sizes begins, moved so that it lies within the array."""
    return [max(0, min(int(i), n - m)) for i, n, m in zip(indices, shape, sizes, strict=True)]


def dynamic_slice(x: Array, *indices: Array, slice_sizes: Shape) -> Any:
    """A slice of fixed sizes at a place that is computed."""
    return x[tuple(slice(i, i + n) for i, n in zip(starts(indices, x.shape, slice_sizes), slice_sizes, strict=True))]


def dynamic_update_slice(x: Array, update: Array, *indices: Array) -> Any:
    """x with a slice put in at a place that is computed."""
    changed = np.array(x)
    begins = starts(indices, x.shape, update.shape)
    changed[tuple(slice(i, i + n) for i, n in zip(begins, update.shape, strict=True))] = update
    return changed


def sort(*xs: Array, dimension: int, num_keys: int) -> Any:
    """Each array in the order of the first few."""
    if len(xs) == 1:
        return (np.sort(xs[0], axis=dimension, kind="stable"),)
    order = np.lexsort(xs[:num_keys][::-1], axis=dimension)
    return tuple(np.take_along_axis(x, order, axis=dimension) for x in xs)


def top_k(x: Array, k: int, axis: int = -1) -> Any:
    """The k largest, and where they stand; of equal ones the first."""
    order = np.argsort(-x, axis=axis, kind="stable")
    first = np.take(order, np.arange(k), axis=axis)
    return np.take_along_axis(x, first, axis=axis), first.astype(np.int32)


TABLE: dict[str, Any] = {
    "broadcast_in_dim": broadcast_in_dim,
    "reshape": reshape,
    "squeeze": squeeze,
    "expand_dims": lambda x, dimensions: np.expand_dims(x, tuple(dimensions)),
    "transpose": transpose,
    "rev": rev,
    "concatenate": concatenate,
    "split": split,
    "iota": iota,
    "dim_as_value": lambda *, dim: np.int64(dim),
    "slice": slice_,
    "pad": pad,
    "dynamic_slice": dynamic_slice,
    "dynamic_update_slice": dynamic_update_slice,
    "sort": sort,
    "top_k": top_k,
}
