"""gather and scatter, as StableHLO defines them: windows of an array at places that another array gives.

A place names one window by where it begins on some axes of the operand.  Batch axes, which the operand shares with the
array of places, advance together with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.oracles.jaxpr.primitives.reducing import highest_value, lowest_value

MAX_CACHED_PLACES = 1024
"""Places whose windows are kept."""


@dataclass(frozen=True)
class WindowIndex:
    """Where the windows of an array are.

    count: how many there are along each axis of the places.  order: the array's axes, those that it is indexed along
    before those that it is taken whole along; index: of every window, in that order, places first, then the axes of
    the window; one window alone is a slice.  inside: which windows lie within the array, the others being moved there;
    None where all do.
    """

    count: tuple[int, ...]
    order: tuple[int, ...]
    index: tuple[Any, ...]
    inside: Values | None


def find_windows(places: Values, *where: Any) -> WindowIndex:
    """The windows that found_windows gives, kept for places that are few: a program asks for the same again and
    again."""
    if places.size > MAX_CACHED_PLACES:
        return compute_windows(places, *where)
    return find_cached_windows(places.tobytes(), places.dtype.char, places.shape, *where)


@lru_cache(maxsize=1024)
def find_cached_windows(data: bytes, dtype: str, places_shape: tuple[int, ...], *where: Any) -> WindowIndex:
    """The same, from what tells places from others."""
    return compute_windows(np.frombuffer(data, dtype).reshape(places_shape), *where)


def compute_windows(
    places: Values,
    shape: tuple[int, ...],
    sizes: tuple[int, ...],
    named: tuple[int, ...],
    shared: tuple[int, ...],
    shared_by: tuple[int, ...],
) -> WindowIndex:
    """The windows of these sizes that begin, on the `named` axes of an array of this shape, where the last axis of
    `places` says, and on the `shared` ones where the axes `shared_by` of `places` have come to."""
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
    """The beginnings moved so that every window lies within the array, and which of them already did."""
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
    """For an array of `rank` axes of places, then the axes `order` of windows: how to order its axes so that those of
    the windows stand at `offsets`, and behind them all those that are `gone`."""
    back = {axis: rank + position for position, axis in enumerate(order)}
    kept = [back[axis] for axis in range(len(order)) if axis not in gone]
    at, places = dict(zip(offsets, kept, strict=True)), iter(range(rank))
    turned = [at[i] if i in at else next(places) for i in range(rank + len(kept))]
    return (*turned, *(back[axis] for axis in gone))


def gather(
    x: Values, places: Values, dimension_numbers: Any, slice_sizes: Sequence[int], mode: Any, fill_value: Any
) -> Any:
    """The window at each place; one that is not inside is filled or moved inside, as the mode says."""
    d = dimension_numbers
    shared = tuple(d.operand_batching_dims)
    found = find_windows(
        places, x.shape, tuple(slice_sizes), tuple(d.start_index_map), shared, tuple(d.start_indices_batching_dims)
    )
    taken = x.transpose(found.order)[found.index]
    if found.inside is not None and mode.name == "FILL_OR_DROP":
        mask = np.reshape(found.inside, (*found.count, *(1,) * x.ndim))
        taken = np.where(mask, taken, choose_fill_value(fill_value, x.dtype))
    gone = (*d.collapsed_slice_dims, *shared)
    taken = taken.transpose(order_gathered_axes(len(found.count), found.order, gone, tuple(d.offset_dims)))
    return taken.reshape(taken.shape[: taken.ndim - len(gone)])


def choose_fill_value(value: Any, dtype: Any) -> Values:
    """What stands for an element outside the array: unless it is given, NaN, the least signed number, the largest
    unsigned one, or True."""
    if value is None:
        value = {"i": lowest_value, "u": highest_value, "b": highest_value}.get(dtype.kind, lambda _: np.nan)(dtype)
    return np.asarray(value, dtype)


def make_scatter(ufunc: np.ufunc | None) -> Callable[..., Any]:
    """The scatter that combines what stands in the array with what arrives, or puts that in its place; what arrives
    for a window that is not inside is dropped, unless the mode moves it."""

    def scatter(x: Values, places: Values, updates: Values, dimension_numbers: Any, mode: Any) -> Any:
        d = dimension_numbers
        shared = tuple(d.operand_batching_dims)
        kept = [axis for axis in range(x.ndim) if axis not in {*d.inserted_window_dims, *shared}]
        sizes = [1] * x.ndim
        for axis, position in zip(kept, d.update_window_dims, strict=True):
            sizes[axis] = updates.shape[position]
        named, shared_by = tuple(d.scatter_dims_to_operand_dims), tuple(d.scatter_indices_batching_dims)
        found = find_windows(places, x.shape, tuple(sizes), named, shared, shared_by)
        index, rank = found.index, len(found.count)
        arriving = updates.transpose(order_update_axes(updates.ndim, tuple(d.update_window_dims)))
        arriving = arriving.reshape(*found.count, *sizes).transpose(
            *range(rank), *(rank + axis for axis in found.order)
        )
        if found.inside is not None and mode.name != "CLIP":
            if not rank:
                return x
            index, arriving = tuple(i[found.inside] for i in index), arriving[found.inside]
        changed = np.array(x)
        turned = changed.transpose(found.order)
        if ufunc and rank and arriving.size:
            ufunc.at(turned, index, arriving)
        elif arriving.size:
            turned[index] = ufunc(turned[index], arriving) if ufunc else arriving
        return changed

    return scatter


def order_update_axes(rank: int, own: tuple[int, ...]) -> tuple[int, ...]:
    """The axes of what arrives: those of the places, then those of the windows, their `own`."""
    return (*(axis for axis in range(rank) if axis not in own), *own)


def computes_update(parameters: Mapping[str, Any]) -> bool:
    """Whether a scatter computes what it puts: its program returns something else than what arrives."""
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
"""Whether the parameters ask for more than the function here gives."""
