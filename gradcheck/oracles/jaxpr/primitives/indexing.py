"""gather and scatter, as StableHLO defines them: windows of an array at places that another array gives.

A place gives the start of one window on some axes of the operand.  Batch axes, which the operand shares with the array
of places, advance together with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.oracles.jaxpr.primitives.reducing import highest_value, lowest_value

MAX_CACHED_PLACES = 1024
"""Number of places up to which their windows are cached."""


@dataclass(frozen=True)
class WindowIndex:
    """The indices of the windows of an array.

    count: the number of windows along each axis of the places.  order: the array's axes, the indexed ones first, then
    those taken whole; index: of every window, in that order, places first, then the axes of the window; a slice for a
    single window.  inside: which windows lie within the array, the others being moved into it; None where all do.
    """

    count: tuple[int, ...]
    order: tuple[int, ...]
    index: tuple[Any, ...]
    inside: Values | None


def find_windows(places: Values, *where: Any) -> WindowIndex:
    """Return the windows that `compute_windows` gives, cached where there are few places, as a program repeats its
    lookups."""
    if places.size > MAX_CACHED_PLACES:
        return compute_windows(places, *where)
    return find_cached_windows(places.tobytes(), places.dtype.char, places.shape, *where)


@lru_cache(maxsize=1024)
def find_cached_windows(data: bytes, dtype: str, places_shape: tuple[int, ...], *where: Any) -> WindowIndex:
    """Compute windows, cached by the bytes of the places."""
    return compute_windows(np.frombuffer(data, dtype).reshape(places_shape), *where)


def compute_windows(
    places: Values,
    shape: tuple[int, ...],
    sizes: tuple[int, ...],
    named: tuple[int, ...],
    shared: tuple[int, ...],
    shared_by: tuple[int, ...],
) -> WindowIndex:
    """Return the windows of these sizes.  Their start on the `named` axes of an array of this shape is the last axis of
    `places`; on the `shared` axes it is the position along the axes `shared_by` of `places`."""
    count = places.shape[:-1]
    begins: list[Any] = [0] * len(shape)
    for column, axis in enumerate(named):
        begins[axis] = places[..., column].astype(np.int64)
    for axis, other in zip(shared, shared_by, strict=True):
        row = np.arange(count[other]).reshape([-1 if i == other else 1 for i in range(len(count))])
        begins[axis] = np.broadcast_to(row, count)
    begins, inside = clip_begins(begins, shape, sizes)
    if not count:
        index: tuple[Any, ...] = tuple(slice(int(b), int(b) + size) for b, size in zip(begins, sizes, strict=True))
        return WindowIndex(count, tuple(range(len(sizes))), index, None if inside.all() else inside)
    whole = [axis for axis, begin in enumerate(begins) if np.isscalar(begin) and sizes[axis] == shape[axis]]
    along = [axis for axis in range(len(sizes)) if axis not in whole]
    arrays = []
    for position, axis in enumerate(along):
        within = np.arange(sizes[axis]).reshape([-1 if i == position else 1 for i in range(len(along))])
        arrays.append(np.broadcast_to(begins[axis], count).reshape(*count, *(1,) * len(along)) + within)
    return WindowIndex(count, (*along, *whole), tuple(arrays), None if inside.all() else inside)


def clip_begins(begins: Sequence[Any], shape: Sequence[int], sizes: Sequence[int]) -> tuple[list[Any], Any]:
    """Return the starts, moved so that every window lies within the array, and which of them already did."""
    inside: Any = np.True_
    moved = list(begins)
    for axis, (begin, length, size) in enumerate(zip(begins, shape, sizes, strict=True)):
        if not np.isscalar(begin):
            inside = inside & (begin >= 0) & (begin <= length - size)
            moved[axis] = np.minimum(np.maximum(begin, 0), max(length - size, 0))
    return moved, inside


@lru_cache(maxsize=1024)
def order_gathered_axes(
    rank: int, order: tuple[int, ...], gone: tuple[int, ...], offsets: tuple[int, ...]
) -> tuple[int, ...]:
    """Return the order of axes that, for an array of `rank` axes of places followed by the axes `order` of windows,
    puts those of the windows at `offsets` and all those in `gone` last."""
    back = {axis: rank + position for position, axis in enumerate(order)}
    remaining = [back[axis] for axis in range(len(order)) if axis not in gone]
    at, places = dict(zip(offsets, remaining, strict=True)), iter(range(rank))
    turned = [at[i] if i in at else next(places) for i in range(rank + len(remaining))]
    return (*turned, *(back[axis] for axis in gone))


def gather(
    x: Values, places: Values, dimension_numbers: Any, slice_sizes: Sequence[int], mode: Any, fill_value: Any
) -> Any:
    """Return the window at each place; a window that is not inside is filled or moved inside, depending on the mode."""
    d = dimension_numbers
    shared = tuple(d.operand_batching_dims)
    windows = find_windows(
        places, x.shape, tuple(slice_sizes), tuple(d.start_index_map), shared, tuple(d.start_indices_batching_dims)
    )
    gathered = x.transpose(windows.order)[windows.index]
    if windows.inside is not None and mode.name == "FILL_OR_DROP":
        mask = np.reshape(windows.inside, (*windows.count, *(1,) * x.ndim))
        gathered = np.where(mask, gathered, choose_fill_value(fill_value, x.dtype))
    gone = (*d.collapsed_slice_dims, *shared)
    gathered = gathered.transpose(order_gathered_axes(len(windows.count), windows.order, gone, tuple(d.offset_dims)))
    return gathered.reshape(gathered.shape[: gathered.ndim - len(gone)])


def choose_fill_value(value: Any, dtype: Any) -> Values:
    """Return the value of elements outside the array: the given one, else NaN, the least signed number, the largest
    unsigned one, or True."""
    if value is None:
        value = {"i": lowest_value, "u": highest_value, "b": highest_value}.get(dtype.kind, lambda _: np.nan)(dtype)
    return np.asarray(value, dtype)


def make_scatter(ufunc: np.ufunc | None) -> Callable[..., Any]:
    """Return the scatter that combines the array's elements with the updates by a ufunc, or replaces them; the update
    of a window that is not inside is dropped, unless the mode moves it."""

    def scatter(x: Values, places: Values, updates: Values, dimension_numbers: Any, mode: Any) -> Any:
        d = dimension_numbers
        shared = tuple(d.operand_batching_dims)
        window_axes = [axis for axis in range(x.ndim) if axis not in {*d.inserted_window_dims, *shared}]
        sizes = [1] * x.ndim
        for axis, position in zip(window_axes, d.update_window_dims, strict=True):
            sizes[axis] = updates.shape[position]
        named, shared_by = tuple(d.scatter_dims_to_operand_dims), tuple(d.scatter_indices_batching_dims)
        windows = find_windows(places, x.shape, tuple(sizes), named, shared, shared_by)
        index, rank = windows.index, len(windows.count)
        arriving = updates.transpose(order_update_axes(updates.ndim, tuple(d.update_window_dims)))
        arriving = arriving.reshape(*windows.count, *sizes).transpose(
            *range(rank), *(rank + axis for axis in windows.order)
        )
        if windows.inside is not None and mode.name != "CLIP":
            if not rank:
                return x
            index, arriving = tuple(i[windows.inside] for i in index), arriving[windows.inside]
        changed = np.array(x)
        turned = changed.transpose(windows.order)
        if ufunc and rank and arriving.size:
            ufunc.at(turned, index, arriving)
        elif arriving.size:
            turned[index] = ufunc(turned[index], arriving) if ufunc else arriving
        return changed

    return scatter


def order_update_axes(rank: int, own: tuple[int, ...]) -> tuple[int, ...]:
    """Return the order of axes of the updates: those of the places, then those of the windows, `own`."""
    return (*(axis for axis in range(rank) if axis not in own), *own)


def computes_update(parameters: Mapping[str, Any]) -> bool:
    """Whether the update of a scatter is computed: its program returns something else than the given update."""
    program = parameters["update_jaxpr"]
    return program is not None and list(program.outvars) != list(program.invars[1:])


TABLE: dict[str, Callable[..., Any]] = {
    "gather": gather,
    "scatter": make_scatter(None),
    "scatter-add": make_scatter(np.add),
    "scatter-sub": make_scatter(np.subtract),
    "scatter-mul": make_scatter(np.multiply),
    "scatter-min": make_scatter(np.minimum),
    "scatter-max": make_scatter(np.maximum),
}

UNSUPPORTED_SCATTERS: dict[str, Callable[[Mapping[str, Any]], bool]] = {"scatter": computes_update}
"""Whether the parameters require more than the counterpart supports."""
