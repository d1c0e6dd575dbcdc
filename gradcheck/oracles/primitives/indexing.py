"""gather and scatter, as StableHLO defines them: windows of an array at places that another array gives.

A place names one window by where it begins on some axes of the operand.  Batch axes, which the operand shares with the
array of places, advance together with it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def beginnings(
    places: Array, named: Sequence[int], shared: Sequence[int], shared_by: Sequence[int], axes: int
) -> list[Any]:
    """For each axis of the operand, where each window begins: an array of the places' shape, or 0."""
    begins: list[Any] = [0] * axes
    for column, axis in enumerate(named):
        begins[axis] = places[..., column].astype(np.int64)
    shape = places.shape[:-1]
    for axis, other in zip(shared, shared_by, strict=True):
        row = np.arange(shape[other]).reshape([-1 if i == other else 1 for i in range(len(shape))])
        begins[axis] = np.broadcast_to(row, shape)
    return begins


def windows(begins: Sequence[Any], count: tuple[int, ...], sizes: Sequence[int]) -> tuple[Array, ...]:
    """The index of every element of every window: places first, then the axes of the window."""
    index = []
    for axis, (begin, size) in enumerate(zip(begins, sizes, strict=True)):
        within = np.arange(size).reshape([-1 if i == axis else 1 for i in range(len(sizes))])
        index.append(np.reshape(begin, (*np.shape(begin), *(1,) * len(sizes))) + within)
    return tuple(np.broadcast_to(i, (*count, *sizes)) for i in index)


def clipped(begins: Sequence[Any], shape: Sequence[int], sizes: Sequence[int]) -> tuple[list[Any], Any]:
    """The beginnings moved so that every window lies within the array, and which of them already did."""
    inside: Any = True
    moved = []
    for begin, length, size in zip(begins, shape, sizes, strict=True):
        inside = inside & (begin >= 0) & (begin <= length - size) if not np.isscalar(begin) else inside
        moved.append(np.clip(begin, 0, max(length - size, 0)))
    return moved, inside


def drops(mode: Any) -> bool:
    """Whether windows that are not inside are left out; else they are moved inside."""
    return mode is not None and "FILL_OR_DROP" in str(mode)


def gather(
    x: Array, places: Array, dimension_numbers: Any, slice_sizes: Sequence[int], mode: Any, fill_value: Any
) -> Any:
    """The window at each place."""
    d = dimension_numbers
    shared, shared_by = tuple(d.operand_batching_dims), tuple(d.start_indices_batching_dims)
    count = places.shape[:-1]
    begins, inside = clipped(beginnings(places, d.start_index_map, shared, shared_by, x.ndim), x.shape, slice_sizes)
    if not x.size:
        taken = np.full((*count, *slice_sizes), filling(fill_value, x.dtype), x.dtype)
    else:
        taken = x[windows(begins, count, slice_sizes)]
    if drops(mode) and not np.all(inside):
        mask = np.reshape(inside, (*np.shape(inside), *(1,) * x.ndim))
        taken = np.where(mask, taken, filling(fill_value, x.dtype))
    gone = tuple(len(count) + axis for axis in (*d.collapsed_slice_dims, *shared))
    taken = np.squeeze(taken, axis=gone)
    return np.moveaxis(taken, range(len(count), taken.ndim), d.offset_dims)


def filling(value: Any, dtype: Any) -> Any:
    """What stands for an element outside the array."""
    if value is not None:
        return value
    if np.dtype(dtype).kind in "fc":
        return np.nan
    return np.iinfo(dtype).min if np.dtype(dtype).kind == "i" else np.iinfo(dtype).max if dtype != bool else True


def scatter_with(combine: Callable[[Array, Any, Array], None]) -> Callable[..., Any]:
    """The scatter that combines what stands in the array with what arrives."""

    def scatter(x: Array, places: Array, updates: Array, dimension_numbers: Any, mode: Any) -> Any:
        d = dimension_numbers
        shared, shared_by = tuple(d.operand_batching_dims), tuple(d.scatter_indices_batching_dims)
        gone = {*d.inserted_window_dims, *shared}
        kept = [axis for axis in range(x.ndim) if axis not in gone]
        sizes = [1] * x.ndim
        for axis, position in zip(kept, d.update_window_dims, strict=True):
            sizes[axis] = updates.shape[position]
        count = places.shape[:-1]
        arriving = np.moveaxis(updates, d.update_window_dims, range(len(count), updates.ndim))
        arriving = np.reshape(arriving, (*count, *sizes))
        begins, inside = clipped(
            beginnings(places, d.scatter_dims_to_operand_dims, shared, shared_by, x.ndim), x.shape, sizes
        )
        index = windows(begins, count, sizes)
        if drops(mode) and not np.all(inside):
            mask = np.broadcast_to(np.reshape(inside, (*np.shape(inside), *(1,) * x.ndim)), arriving.shape)
            index, arriving = tuple(i[mask] for i in index), arriving[mask]
        changed = np.array(x)
        if arriving.size:
            combine(changed, index, arriving)
        return changed

    return scatter


def put(x: Array, index: Any, updates: Array) -> None:
    """What arrives replaces what stands there."""
    x[index] = updates


TABLE: dict[str, Any] = {
    "gather": gather,
    "scatter": scatter_with(put),
    "scatter-add": scatter_with(np.add.at),
    "scatter_add": scatter_with(np.add.at),
    "scatter-sub": scatter_with(np.subtract.at),
    "scatter_mul": scatter_with(np.multiply.at),
    "scatter_min": scatter_with(np.minimum.at),
    "scatter_max": scatter_with(np.maximum.at),
}
