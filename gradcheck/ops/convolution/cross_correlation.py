"""Convolution (cross-correlation) along any number of axes, with stride, padding, dilation and groups.

y[n, m, i, …] = b[m] + sum over c, k, … of w[m, c, k, …] * xpad[n, c', i*stride + k*dilation, …], where c' is channel c
of the group that m belongs to.  x: (N, groups*C, *S), w: (groups*M, C, *K), b: (groups*M,) → y: (N, groups*M, *S').
"""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.ops.convolution.definition import sum_over_kernel
from gradcheck.ops.convolution.windows import add_windows, crop_space, cut_windows, pad_space


def forward(x: Values, w: Values, b: Values, stride: int, pad: int, dilation: int, groups: int) -> tuple[Values, Any]:
    """The convolution, and what backward needs of it: the windows, place by place, and the kernels, group by group."""
    space = x.shape[2:]
    padded = pad_space(x, [(pad, pad) for _ in space])
    windows = cut_windows(padded, w.shape[2:], stride, dilation)
    features, channels, *kernel = w.shape
    places = windows.shape[2 : x.ndim]
    seen = windows.reshape(len(x), groups, channels, math.prod(places), math.prod(kernel))
    kernels = w.reshape(groups, features // groups, channels, math.prod(kernel))
    y = np.einsum("ngcpk,gmck->ngmp", seen, kernels).reshape(len(x), features, *places)
    return y + b.reshape(-1, *[1] * len(space)), (seen, kernels, padded.shape, space, w.shape, stride, pad, dilation)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """Each window's share of dy, times the kernel, added back to where the window lay; windows that overlap add up."""
    seen, kernels, padded, space, w_shape, stride, pad, dilation = cache
    dz = dy.reshape(len(dy), *kernels.shape[:2], seen.shape[3])
    dw = np.einsum("ngmp,ngcpk->gmck", dz, seen)
    shares = np.einsum("ngmp,gmck->ngcpk", dz, kernels).reshape(*padded[:2], *dy.shape[2:], *w_shape[2:])
    dx = crop_space(add_windows(shares, padded, stride, dilation), pad, space)
    return dx, dw.reshape(w_shape), dy.sum(axis=(0, *range(2, dy.ndim)))


def reference(x: Any, w: Any, b: Any, stride: int, pad: int, dilation: int, groups: int) -> Any:
    """The definition: every element that a kernel element meets, by index, then the sum over channels and kernel."""
    xp = namespace(x)

    def met(length: int, kernel: int) -> Any:
        starts = xp.arange((length + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1) * stride - pad
        return starts[:, None] + xp.arange(kernel) * dilation

    places = [met(*lengths) for lengths in zip(x.shape[2:], w.shape[2:], strict=True)]
    kernels = xp.reshape(w, (groups, w.shape[0] // groups, *w.shape[1:]))
    return sum_over_kernel(x, kernels, places) + xp.reshape(b, (w.shape[0], *[1] * len(places)))
