"""Primitives that slide a window over an array: convolution and pooling."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.oracles.primitives.shaping import pad

Array = np.ndarray[Any, Any]
Sizes = Sequence[int]


def slid(x: Array, sizes: Sizes, strides: Sizes, dilation: Sizes, axes: Sizes) -> Array:
    """A view of the windows of these sizes: the axes of their places, then their own."""
    spans = [d * (n - 1) + 1 for n, d in zip(sizes, dilation, strict=True)]
    view = np.lib.stride_tricks.sliding_window_view(x, spans, axis=tuple(axes))
    index = [slice(None)] * view.ndim
    for number, axis in enumerate(axes):
        index[axis] = slice(None, None, strides[number])
        index[x.ndim + number] = slice(None, None, dilation[number])
    return view[tuple(index)]


def correlation(x: Array, w: Array, strides: Sizes) -> Array:
    """x: (N, C, *S), w: (M, C, *K) → (N, M, *S')."""
    space = range(2, x.ndim)
    seen = slid(x, w.shape[2:], strides, [1] * len(space), space)
    over = [1, *range(x.ndim, seen.ndim)]
    return np.moveaxis(np.tensordot(seen, w, (over, [1, *space])), -1, 1)


def conv_general_dilated(
    x: Array,
    w: Array,
    window_strides: Sizes,
    padding: Sequence[tuple[int, int]],
    lhs_dilation: Sizes,
    rhs_dilation: Sizes,
    dimension_numbers: Any,
    feature_group_count: int,
    batch_group_count: int,
) -> Any:
    """Convolution as XLA has it: stride, padding, dilation of either side, groups of features or of the batch."""
    specs = dimension_numbers
    x, w = np.transpose(x, specs.lhs_spec), np.transpose(w, specs.rhs_spec)
    sides = [(low, high, d - 1) for (low, high), d in zip(padding, lhs_dilation, strict=True)]
    x = pad(x, 0, [(0, 0, 0), (0, 0, 0), *sides])
    w = pad(w, 0, [(0, 0, 0), (0, 0, 0), *((0, 0, d - 1) for d in rhs_dilation)])
    groups = max(feature_group_count, batch_group_count)
    parts = np.split(x, groups, axis=1 if feature_group_count > 1 else 0)
    rows = [correlation(*pair, window_strides) for pair in zip(parts, np.split(w, groups, axis=0), strict=True)]
    return np.transpose(np.concatenate(rows, axis=1), np.argsort(specs.out_spec))


def window_reduced(ufunc: Any, lowest: Any) -> Any:
    """A reduction of every window; `lowest` gives the value of padding for a dtype."""

    def reduce_window(
        x: Array,
        window_dimensions: Sizes,
        window_strides: Sizes,
        padding: Sequence[tuple[int, int]],
        base_dilation: Sizes,
        window_dilation: Sizes,
    ) -> Any:
        config = [(low, high, d - 1) for (low, high), d in zip(padding, base_dilation, strict=True)]
        padded = pad(x, lowest(x.dtype), config)
        seen = slid(padded, window_dimensions, window_strides, window_dilation, range(x.ndim))
        return ufunc.reduce(seen, axis=tuple(range(x.ndim, 2 * x.ndim)))

    return reduce_window


def least(dtype: Any) -> Any:
    """The least number of a dtype."""
    return -np.inf if np.dtype(dtype).kind == "f" else np.iinfo(dtype).min


def most(dtype: Any) -> Any:
    """The largest number of a dtype."""
    return np.inf if np.dtype(dtype).kind == "f" else np.iinfo(dtype).max


def select_and_scatter_add(
    source: Array,
    x: Array,
    select_prim: Any,
    window_dimensions: Sizes,
    window_strides: Sizes,
    padding: Sequence[tuple[int, int]],
) -> Any:
    """Each element of source is added where the first largest (or smallest) element of its window stands."""
    largest = str(select_prim).startswith("g")
    config = [(low, high, 0) for low, high in padding]
    padded = pad(x, (least if largest else most)(x.dtype), config)
    seen = slid(padded, window_dimensions, window_strides, [1] * x.ndim, range(x.ndim))
    flat = seen.reshape(*seen.shape[: x.ndim], -1)
    within = np.unravel_index((np.argmax if largest else np.argmin)(flat, axis=-1), tuple(window_dimensions))
    begins = np.indices(flat.shape[:-1], sparse=True)
    added = np.zeros(padded.shape, source.dtype)
    index = tuple(b * s + w for b, s, w in zip(begins, window_strides, within, strict=True))
    np.add.at(added, index, source)
    return added[tuple(slice(low, low + n) for (low, _), n in zip(padding, x.shape, strict=True))]


TABLE: dict[str, Any] = {
    "conv_general_dilated": conv_general_dilated,
    "reduce_window_sum": window_reduced(np.add, lambda dtype: 0),
    "reduce_window_max": window_reduced(np.maximum, least),
    "reduce_window_min": window_reduced(np.minimum, most),
    "select_and_scatter_add": select_and_scatter_add,
}
