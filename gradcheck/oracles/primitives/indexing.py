"""gather and scatter, as StableHLO defines them: windows of an array at places that another array gives.

A place names one window by where it begins on some axes of the operand.  Batch axes, which the operand shares with the
array of places, advance together with it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gradcheck.oracles.primitives.reducing import least, most

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


def windows(
    begins: Sequence[Any], count: tuple[int, ...], shape: Sequence[int], sizes: Sequence[int]
) -> tuple[list[int], tuple[Any, ...]]:
    """An order of the operand's axes, those that it is indexed along before those that it is taken whole along, and
    the index of every window in that order: places first, then the axes of the window.  One window alone is a slice."""
    if not count:
        index = tuple(slice(int(begin), int(begin) + size) for begin, size in zip(begins, sizes, strict=True))
        return list(range(len(sizes))), index
    whole = [axis for axis, begin in enumerate(begins) if np.isscalar(begin) and sizes[axis] == shape[axis]]
    along = [axis for axis in range(len(sizes)) if axis not in whole]
    arrays = []
    for position, axis in enumerate(along):
        within = np.arange(sizes[axis]).reshape([-1 if i == position else 1 for i in range(len(along))])
        arrays.append(np.broadcast_to(begins[axis], count).reshape(*count, *(1,) * len(along)) + within)
    return along + whole, tuple(arrays)


def clipped(begins: Sequence[Any], shape: Sequence[int], sizes: Sequence[int]) -> tuple[list[Any], Any]:
    """The beginnings moved so that every window lies within the array, and which of them already did."""
    inside: Any = np.True_
    moved = list(begins)
    for axis, (begin, length, size) in enumerate(zip(begins, shape, sizes, strict=True)):
        if not np.isscalar(begin):
            inside = inside & (begin >= 0) & (begin <= length - size)
            moved[axis] = np.minimum(np.maximum(begin, 0), max(length - size, 0))
    return moved, inside


def gather(
    x: Array, places: Array, dimension_numbers: Any, slice_sizes: Sequence[int], mode: Any, fill_value: Any
) -> Any:
    """The window at each place; one that is not inside is filled or moved inside, as the mode says."""
    d = dimension_numbers
    shared, shared_by = tuple(d.operand_batching_dims), tuple(d.start_indices_batching_dims)
    count = places.shape[:-1]
    begins, inside = clipped(beginnings(places, d.start_index_map, shared, shared_by, x.ndim), x.shape, slice_sizes)
    order, index = windows(begins, count, x.shape, slice_sizes)
    back = [len(count) + order.index(axis) for axis in range(x.ndim)]
    taken = x.transpose(order)[index].transpose(*range(len(count)), *back)
    if mode.name == "FILL_OR_DROP" and not inside.all():
        mask = np.reshape(inside, (*inside.shape, *(1,) * x.ndim))
        taken = np.where(mask, taken, filling(fill_value, x.dtype))
    gone = tuple(len(count) + axis for axis in (*d.collapsed_slice_dims, *shared))
    taken = taken.squeeze(axis=gone) if gone else taken
    return np.moveaxis(taken, range(len(count), taken.ndim), d.offset_dims) if count else taken


def filling(value: Any, dtype: Any) -> Array:
    """What stands for an element outside the array: unless it is given, NaN, the least signed number, the largest
    unsigned one, or True."""
    if value is None:
        value = {"i": least, "u": most, "b": most}.get(dtype.kind, lambda _: np.nan)(dtype)
    return np.asarray(value, dtype)


def scatter_with(ufunc: np.ufunc | None) -> Callable[..., Any]:
    """The scatter that combines what stands in the array with what arrives, or puts that in its place; what arrives
    for a window that is not inside is dropped, unless the mode moves it."""

    def scatter(x: Array, places: Array, updates: Array, dimension_numbers: Any, mode: Any) -> Any:
        d = dimension_numbers
        shared, shared_by = tuple(d.operand_batching_dims), tuple(d.scatter_indices_batching_dims)
        kept = [axis for axis in range(x.ndim) if axis not in {*d.inserted_window_dims, *shared}]
        sizes = [1] * x.ndim
        for axis, position in zip(kept, d.update_window_dims, strict=True):
            sizes[axis] = updates.shape[position]
        count = places.shape[:-1]
        arriving = np.moveaxis(updates, d.update_window_dims, range(len(count), updates.ndim))
        arriving = np.reshape(arriving, (*count, *sizes))
        named = d.scatter_dims_to_operand_dims
        begins, inside = clipped(beginnings(places, named, shared, shared_by, x.ndim), x.shape, sizes)
        order, index = windows(begins, count, x.shape, sizes)
        arriving = arriving.transpose(*range(len(count)), *(len(count) + axis for axis in order))
        if mode.name != "CLIP" and not inside.all():
            if not count:
                return x
            index, arriving = tuple(i[inside] for i in index), arriving[inside]
        changed = np.array(x)
        turned = changed.transpose(order)
        if ufunc and count and arriving.size:
            ufunc.at(turned, index, arriving)
        elif arriving.size:
            turned[index] = ufunc(turned[index], arriving) if ufunc else arriving
        return changed

    return scatter


def applies(parameters: Mapping[str, Any]) -> bool:
    """Whether a scatter computes what it puts: its program returns something else than what arrives."""
    program = parameters["update_jaxpr"]
    return program is not None and list(program.outvars) != list(program.invars[1:])


TABLE: dict[str, Callable[..., Any]] = {
    "gather": gather,
    "scatter": scatter_with(None),
    "scatter-add": scatter_with(np.add),
    "scatter-sub": scatter_with(np.subtract),
    "scatter-mul": scatter_with(np.multiply),
    "scatter-min": scatter_with(np.minimum),
    "scatter-max": scatter_with(np.maximum),
}

BEYOND: dict[str, Callable[[Mapping[str, Any]], bool]] = {"scatter": applies}
"""Whether the parameters ask for more than the function here gives."""
