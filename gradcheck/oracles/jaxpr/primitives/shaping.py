"""Primitives that make, move and join elements without computing anything."""

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.oracles.jaxpr.primitives.pointwise import map_to_total_order

ConcreteShape = tuple[int, ...]


def broadcast_in_dim(x: Values, shape: ConcreteShape, broadcast_dimensions: Sequence[int]) -> Any:
    """Return x with its axes at `broadcast_dimensions` of a new shape, repeated along the others."""
    if not np.ndim(x):
        return np.full(shape, x)
    lengths = [1] * len(shape)
    for axis, length in zip(broadcast_dimensions, np.shape(x), strict=True):
        lengths[axis] = length
    placed = x.reshape(lengths)
    return placed if placed.shape == shape else np.broadcast_to(placed, shape)


def reshape(x: Values, new_sizes: ConcreteShape, dimensions: Sequence[int] | None) -> Any:
    """Reshape in C order, or in the order of the axes at `dimensions` if these are given."""
    return np.reshape(x if dimensions is None else np.transpose(x, dimensions), new_sizes)


def squeeze(x: Values, dimensions: Sequence[int]) -> Any:
    """Remove these axes of length one."""
    return np.squeeze(x, axis=tuple(dimensions))


def transpose(x: Values, permutation: Sequence[int]) -> Any:
    """Permute the axes."""
    return np.transpose(x, permutation)


def rev(x: Values, dimensions: Sequence[int]) -> Any:
    """Reverse these axes."""
    return np.flip(x, axis=tuple(dimensions))


def concatenate(*xs: Values, dimension: int) -> Any:
    """Concatenate along an axis."""
    return np.concatenate(xs, axis=dimension)


def split(x: Values, sizes: Sequence[int], axis: int) -> Any:
    """Split into parts of these lengths."""
    return np.split(x, list(accumulate(sizes[:-1])), axis=axis)


def stack(*xs: Values, axis: int) -> Any:
    """Stack along a new axis."""
    return np.stack(xs, axis=axis)


def unstack(x: Values, axis: int) -> Any:
    """Return the slices along an axis."""
    return np.moveaxis(x, axis, 0)


def tile(x: Values, reps: Sequence[int]) -> Any:
    """Repeat the array along each axis."""
    return np.tile(x, reps)


def iota(*, dtype: Any, shape: ConcreteShape, dimension: int) -> Any:
    """Return 0, 1, 2 … along one axis, repeated along the others."""
    row = np.arange(shape[dimension], dtype=dtype)
    return np.broadcast_to(row.reshape([-1 if i == dimension else 1 for i in range(len(shape))]), shape)


def slice_(x: Values, start_indices: ConcreteShape, limit_indices: ConcreteShape, strides: ConcreteShape | None) -> Any:
    """Slice from start to limit along each axis."""
    steps = strides or (1,) * len(start_indices)
    return x[tuple(slice(*bounds) for bounds in zip(start_indices, limit_indices, steps, strict=True))]


def pad(x: Values, value: Any, padding_config: Sequence[tuple[int, int, int]]) -> Any:
    """Pad before, behind and between elements; negative padding removes elements."""
    sources, targets, shape = [], [], []
    for n, (low, high, between) in zip(x.shape, padding_config, strict=True):
        step = between + 1
        length = low + high + n + max(0, n - 1) * between
        first = max(0, -(low // step))
        last = min(n, max(first, (length - low + between) // step))
        sources.append(slice(first, last))
        targets.append(slice(low + first * step, low + last * step, step) if last > first else slice(0))
        shape.append(length)
    padded = np.full(shape, value, x.dtype)
    padded[tuple(targets)] = x[tuple(sources)]
    return padded


def clamp_starts(indices: Sequence[Values], shape: ConcreteShape, sizes: ConcreteShape) -> list[int]:
    """Return the starts of a slice of these sizes, moved so that it lies within the array."""
    return [max(0, min(int(i), n - m)) for i, n, m in zip(indices, shape, sizes, strict=True)]


def dynamic_slice(x: Values, *indices: Values, slice_sizes: ConcreteShape) -> Any:
    """Return a slice of fixed sizes at a computed start."""
    return x[
        tuple(slice(i, i + n) for i, n in zip(clamp_starts(indices, x.shape, slice_sizes), slice_sizes, strict=True))
    ]


def dynamic_update_slice(x: Values, update: Values, *indices: Values) -> Any:
    """Return x with a slice replaced at a computed start."""
    changed = np.array(x)
    begins = clamp_starts(indices, x.shape, update.shape)
    changed[tuple(slice(i, i + n) for i, n in zip(begins, update.shape, strict=True))] = update
    return changed


def sort(*xs: Values, dimension: int, num_keys: int) -> Any:
    """Sort every array by the first few, NaN last; stable."""
    if len(xs) == 1:
        return (np.sort(xs[0], axis=dimension, kind="stable"),)
    order = np.lexsort(xs[:num_keys][::-1], axis=dimension)
    return tuple(np.take_along_axis(x, order, axis=dimension) for x in xs)


def top_k(x: Values, k: int, axis: int = -1) -> Any:
    """Return the k largest elements and their indices; of equal elements the first."""
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
