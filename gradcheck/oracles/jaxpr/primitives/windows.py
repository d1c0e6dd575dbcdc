"""Primitives that slide a window over an array: convolution and pooling."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from gradcheck.arrays import Values
from gradcheck.oracles.jaxpr.primitives.reducing import highest_value, lowest_value, widen_factors
from gradcheck.oracles.jaxpr.primitives.shaping import pad

Sizes = Sequence[int]
PaddingWidths = Sequence[tuple[int, int]]


def view_windows(x: Values, sizes: Sizes, strides: Sizes, dilation: Sizes, axes: Sizes) -> Values:
    """Return a view of all windows of these sizes: the axes of their positions, then their own."""
    shape, steps = list(x.shape), list(x.strides)
    for axis, size, stride, d in zip(axes, sizes, strides, dilation, strict=True):
        shape[axis] = max(0, (x.shape[axis] - d * (size - 1) - 1) // stride + 1)
        steps[axis] *= stride
    own = [x.strides[axis] * d for axis, d in zip(axes, dilation, strict=True)]
    return as_strided(x, [*shape, *sizes], [*steps, *own], writeable=False)


def correlate(x: Values, w: Values, strides: Sizes, dilation: Sizes) -> Values:
    """Correlate x: (N, C, *S) with w: (M, C, *K) → (N, M, *S')."""
    space = range(2, x.ndim)
    seen = view_windows(x, w.shape[2:], strides, dilation, space)
    over = [1, *range(x.ndim, seen.ndim)]
    return np.moveaxis(np.tensordot(seen, w, (over, [1, *space])), -1, 1)


def conv_general_dilated(
    x: Values,
    w: Values,
    window_strides: Sizes,
    padding: PaddingWidths,
    lhs_dilation: Sizes,
    rhs_dilation: Sizes,
    dimension_numbers: Any,
    feature_group_count: int,
    batch_group_count: int,
    preferred_element_type: Any,
) -> Any:
    """Convolve as XLA does: stride, padding, dilation of either side, groups of features or of the batch."""
    specs = dimension_numbers
    x, w = widen_factors(x, w, preferred_element_type)
    x, w = np.transpose(x, specs.lhs_spec), np.transpose(w, specs.rhs_spec)
    x = pad(x, 0, [(0, 0, 0), (0, 0, 0), *make_pad_config(padding, lhs_dilation)])
    groups = max(feature_group_count, batch_group_count)
    parts = zip(np.split(x, groups, 1 if feature_group_count > 1 else 0), np.split(w, groups), strict=True)
    y = np.concatenate([correlate(*part, window_strides, rhs_dilation) for part in parts], axis=1)
    return np.transpose(y, np.argsort(specs.out_spec)).astype(preferred_element_type or y.dtype, copy=False)


def make_pad_config(padding: PaddingWidths, dilation: Sizes) -> list[tuple[int, int, int]]:
    """Return the configuration of `pad` for outer padding and inner dilation."""
    return [(low, high, d - 1) for (low, high), d in zip(padding, dilation, strict=True)]


def make_window_reduction(ufunc: Any, outside: Callable[[Any], Any]) -> Callable[..., Any]:
    """Return a reduction over every window; `outside` gives the value of padding for a dtype."""

    def reduce_window(
        x: Values,
        window_dimensions: Sizes,
        window_strides: Sizes,
        padding: PaddingWidths,
        base_dilation: Sizes,
        window_dilation: Sizes,
    ) -> Any:
        padded = pad(x, outside(x.dtype), make_pad_config(padding, base_dilation))
        seen = view_windows(padded, window_dimensions, window_strides, window_dilation, range(x.ndim))
        return ufunc.reduce(seen, axis=tuple(range(x.ndim, 2 * x.ndim)), dtype=x.dtype)

    return reduce_window


def find_winners(largest: bool, padded: Values, sizes: Sizes, strides: Sizes, dilation: Sizes) -> tuple[Values, ...]:
    """Return the index of the largest (or smallest) element of each window; of equal elements the first."""
    seen = view_windows(padded, sizes, strides, dilation, range(padded.ndim))
    flat = seen.reshape(*seen.shape[: padded.ndim], math.prod(sizes))
    within = np.unravel_index((np.argmax if largest else np.argmin)(flat, axis=-1), tuple(sizes))
    begins: Any = np.indices(flat.shape[:-1], sparse=True)
    return tuple(b * s + w * d for b, s, w, d in zip(begins, strides, within, dilation, strict=True))


def select_and_scatter_add(
    source: Values, x: Values, select_prim: Any, window_dimensions: Sizes, window_strides: Sizes, padding: PaddingWidths
) -> Any:
    """Add each element of source at the selected element of its window."""
    largest, once = select_prim.name == "ge", [1] * x.ndim
    padded = pad(x, (lowest_value if largest else highest_value)(x.dtype), make_pad_config(padding, once))
    added = np.zeros(padded.shape, source.dtype)
    np.add.at(added, find_winners(largest, padded, window_dimensions, window_strides, once), source)
    return added[tuple(slice(low, low + n) for (low, _), n in zip(padding, x.shape, strict=True))]


def select_and_gather_add(
    tangents: Values,
    x: Values,
    select_prim: Any,
    window_dimensions: Sizes,
    window_strides: Sizes,
    padding: PaddingWidths,
    base_dilation: Sizes,
    window_dilation: Sizes,
) -> Any:
    """Return the tangent of the selected element of each window."""
    largest, config = select_prim.name == "ge", make_pad_config(padding, base_dilation)
    padded = pad(x, (lowest_value if largest else highest_value)(x.dtype), config)
    return pad(tangents, 0, config)[find_winners(largest, padded, window_dimensions, window_strides, window_dilation)]


TABLE: dict[str, Callable[..., Any]] = {
    "conv_general_dilated": conv_general_dilated,
    "reduce_window_sum": make_window_reduction(np.add, lambda dtype: 0),
    "reduce_window_max": make_window_reduction(np.maximum, lowest_value),
    "reduce_window_min": make_window_reduction(np.minimum, highest_value),
    "select_and_scatter_add": select_and_scatter_add,
    "select_and_gather_add": select_and_gather_add,
}
