"""Primitives that reduce: reductions, cumulative ones, and products of arrays."""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from gradcheck.arrays import Values

Axes = tuple[int, ...]


def lowest_value(dtype: Any) -> Any:
    """Return the lowest value of a dtype."""
    if np.dtype(dtype).kind == "b":
        return False
    return -np.inf if np.dtype(dtype).kind == "f" else np.iinfo(dtype).min


def highest_value(dtype: Any) -> Any:
    """Return the highest value of a dtype."""
    if np.dtype(dtype).kind == "b":
        return True
    return np.inf if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max


def make_reduction(ufunc: Any) -> Callable[..., Any]:
    """Return a reduction over axes, in the dtype of the array."""
    return lambda x, axes: ufunc.reduce(x, axis=tuple(axes), dtype=x.dtype)


def make_extreme_reduction(ufunc: Any, first: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return the reduction to an extreme; `first` gives that of no elements."""
    return lambda x, axes: ufunc.reduce(x, axis=tuple(axes), initial=first(x.dtype))


def make_index_reduction(find: Callable[..., Any]) -> Callable[..., Any]:
    """Return argmax or argmin; of equal elements the first."""

    def place(x: Values, axes: Sequence[int], index_dtype: Any) -> Any:
        return find(x, axis=axes[0]).astype(index_dtype)

    return place


def make_cumulative_reduction(ufunc: Any) -> Callable[..., Any]:
    """Return a cumulative reduction along one axis, from either end, in the dtype of the array."""

    def accumulate(x: Values, axis: int, reverse: bool) -> Any:
        if not reverse:
            return ufunc.accumulate(x, axis=axis, dtype=x.dtype)
        return np.flip(ufunc.accumulate(np.flip(x, axis), axis=axis, dtype=x.dtype), axis)

    return accumulate


@lru_cache(maxsize=4096)
def plan_dot_general(
    left: int, right: int, contracted: tuple[Axes, Axes], batch: tuple[Axes, Axes]
) -> tuple[Axes, Axes, int, int]:
    """Return, for dot_general, the orders of axes (batch, free, contracted) and (batch, contracted, free), and the
    number of free axes of each side."""
    free_left = tuple(i for i in range(left) if i not in contracted[0] and i not in batch[0])
    free_right = tuple(i for i in range(right) if i not in contracted[1] and i not in batch[1])
    orders = batch[0] + free_left + contracted[0], batch[1] + contracted[1] + free_right
    return *orders, len(free_left), len(free_right)


def dot_general(x: Values, y: Values, dimension_numbers: Any, preferred_element_type: Any) -> Any:
    """Sum products over the contracted axes, with the batch axes in front, in the wider of all dtypes."""
    (contracted_x, contracted_y), (batch_x, batch_y) = dimension_numbers
    contracted, batch = (tuple(contracted_x), tuple(contracted_y)), (tuple(batch_x), tuple(batch_y))
    order_x, order_y, free_x, free_y = plan_dot_general(x.ndim, y.ndim, contracted, batch)
    x, y = widen_factors(x, y, preferred_element_type)
    x, y, rank = np.transpose(x, order_x), np.transpose(y, order_y), len(batch_x)
    lead, rows, columns = x.shape[:rank], x.shape[rank : rank + free_x], y.shape[y.ndim - free_y :]
    depth = math.prod(x.shape[rank + free_x :])
    x, y = np.reshape(x, (*lead, math.prod(rows), depth)), np.reshape(y, (*lead, depth, math.prod(columns)))
    product = np.reshape(np.matmul(x, y), (*lead, *rows, *columns))
    return product if preferred_element_type is None else product.astype(preferred_element_type, copy=False)


def widen_factors(x: Values, y: Values, preferred: Any) -> tuple[Values, Values]:
    """Return both factors in a dtype that also holds the preferred one."""
    dtype = np.result_type(x, y) if preferred is None else np.result_type(x, y, preferred)
    return x.astype(dtype, copy=False), y.astype(dtype, copy=False)


TABLE: dict[str, Callable[..., Any]] = {
    "reduce_sum": make_reduction(np.add),
    "reduce_prod": make_reduction(np.multiply),
    "reduce_max": make_extreme_reduction(np.maximum, lowest_value),
    "reduce_min": make_extreme_reduction(np.minimum, highest_value),
    "reduce_and": make_reduction(np.bitwise_and),
    "reduce_or": make_reduction(np.bitwise_or),
    "reduce_xor": make_reduction(np.bitwise_xor),
    "argmax": make_index_reduction(np.argmax),
    "argmin": make_index_reduction(np.argmin),
    "cumsum": make_cumulative_reduction(np.add),
    "cumprod": make_cumulative_reduction(np.multiply),
    "cummax": make_cumulative_reduction(np.maximum),
    "cummin": make_cumulative_reduction(np.minimum),
    "cumlogsumexp": make_cumulative_reduction(np.logaddexp),
    "dot_general": dot_general,
}
