"""Windows of a kernel along the axes of space, which are those behind batch and channels."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.arrays import Values


def pad_space(x: Values, widths: Sequence[tuple[int, int]], value: float = 0.0) -> Values:
    """A copy of x with so many more elements before and behind each axis of space."""
    axes = [(before, before + length, behind) for (before, behind), length in zip(widths, x.shape[2:], strict=True)]
    padded = np.full((*x.shape[:2], *(end + behind for _, end, behind in axes)), value, x.dtype)
    inside: list[Any] = [slice(before, end) for before, end, _ in axes]
    padded[(..., *inside)] = x
    return padded


def crop_space(x: Values, start: int, space: Sequence[int]) -> Values:
    """The part of x that begins at `start` on each axis of space, and is so long."""
    part: list[Any] = [slice(start, start + length) for length in space]
    return x[(..., *part)]


def cut_windows(x: Values, kernel: Sequence[int], stride: int, dilation: int = 1) -> Values:
    """A view of the windows that the kernel sees.  x: (N, C, *S) → (N, C, *S', *K)."""
    spans = tuple(dilation * (k - 1) + 1 for k in kernel)
    view = np.lib.stride_tricks.sliding_window_view(x, spans, axis=tuple(range(2, x.ndim)))
    places, elements = (slice(None, None, step) for step in (stride, dilation))
    return view[(slice(None), slice(None), *(places for _ in spans), *(elements for _ in spans))]


def add_windows(windows: Values, shape: Sequence[int], stride: int, dilation: int = 1) -> Values:
    """The transpose of cut_windows: each window added to zeros of this shape where it lay; those that overlap add up.

    windows: (N, C, *S', *K) → (N, C, *S)."""
    x = np.zeros(shape, windows.dtype)
    counts, kernel = windows.shape[2 : x.ndim], windows.shape[x.ndim :]
    for element in np.ndindex(kernel):
        starts = [k * dilation for k in element]
        met: list[Any] = [slice(k, k + stride * count, stride) for k, count in zip(starts, counts, strict=True)]
        x[(..., *met)] += windows[(..., *element)]
    return x
