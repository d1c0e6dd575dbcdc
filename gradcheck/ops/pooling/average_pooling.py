"""Average pooling along any number of axes: y[n, c, i, …] = Σ over k, … of x[n, c, i*stride - pad + k, …] / count.

x: (N, C, *S) → y: (N, C, *S').  count is that of all places of a window if count_include_pad, padding being zeros like
any other, else the number of elements of x in the window.
"""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.ops.convolution.windows import add_windows, crop_space, cut_windows, pad_space


def count_places(length: int, kernel: int, stride: int, pad: int, count_include_pad: bool) -> Values:
    """How many places of each window along an axis of this length count."""
    starts = np.arange(-pad, length + pad - kernel + 1, stride)
    inside = np.minimum(starts + kernel, length) - np.maximum(starts, 0)
    return np.full(len(starts), kernel) if count_include_pad else inside


def count_elements(space: Sequence[int], *settings: Any) -> Values:
    """How many elements each window is the mean of.  → S'."""
    return np.asarray(reduce(np.multiply.outer, [count_places(length, *settings) for length in space]))


def forward(x: Values, kernel: int, stride: int, pad: int, count_include_pad: bool) -> tuple[Values, Any]:
    """The mean of each window, and the shapes and settings that backward needs."""
    space, settings = x.shape[2:], (kernel, stride, pad, count_include_pad)
    padded = pad_space(x, [(pad, pad) for _ in space])
    windows = cut_windows(padded, [kernel for _ in space], stride)
    sums = windows.sum(axis=tuple(range(x.ndim, windows.ndim)))
    return sums / count_elements(space, *settings).astype(x.dtype), (padded.shape, space, *settings)


def backward(dy: Values, cache: Any) -> Values:
    """Every element of a window takes an equal share of its upstream; windows that overlap add up."""
    padded, space, kernel, stride, pad, count_include_pad = cache
    share = dy / count_elements(space, kernel, stride, pad, count_include_pad).astype(dy.dtype)
    share = share.reshape(*dy.shape, *[1 for _ in space])
    shares = np.broadcast_to(share, (*dy.shape, *[kernel for _ in space]))
    return crop_space(add_windows(shares, padded, stride), pad, space)


def reference(x: Any, kernel: int, stride: int, pad: int, count_include_pad: bool) -> Any:
    """The definition as products: a matrix of zeros and ones for each axis says which elements a window holds."""
    xp = namespace(x)

    def add_up(x: Any) -> Any:
        for axis, length in enumerate(x.shape[2:], 2):
            starts = xp.arange((length + 2 * pad - kernel) // stride + 1)[:, None] * stride - pad
            places = xp.arange(length)
            held = xp.astype((places >= starts) & (places < starts + kernel), x.dtype)
            x = xp.moveaxis(xp.tensordot(held, x, axes=((1,), (axis,))), 0, axis)
        return x

    ones = xp.ones((1, 1, *x.shape[2:]), dtype=x.dtype)
    return add_up(x) / (kernel ** len(x.shape[2:]) if count_include_pad else add_up(ones))
