"""Transposed convolution along any number of axes, with stride, padding, output padding, dilation and groups.

y[n, m, i, …] = b[m] + sum of w[c, m', k, …] * x[n, c, j, …] over c, k, j, … with i = j*stride + k*dilation - pad, …,
where m' is the place of m in its group and c runs over the channels of that group.  x: (N, groups*C, *S),
w: (groups*C, M, *K), b: (groups*M,) → y: (N, groups*M, *S'), of length (S-1)*stride + dilation*(K-1) + 1 +
output_padding - 2*pad.  The input's gradient of a convolution is this sum over its upstream.
"""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.ops.convolution.definition import sum_over_kernel
from gradcheck.ops.convolution.windows import add_windows, crop_space, cut_windows, pad_space


def forward(
    x: Values, w: Values, b: Values, stride: int, pad: int, output_padding: int, dilation: int, groups: int
) -> tuple[Values, Any]:
    """Every element of x times the kernel, added where the window lies; then the padding is cut off."""
    (channels, features, *kernel), space = w.shape, x.shape[2:]
    rows = x.reshape(len(x), groups, channels // groups, math.prod(space))
    kernels = w.reshape(groups, channels // groups, features, math.prod(kernel))
    shares = np.einsum("ngcp,gcmk->ngmpk", rows, kernels).reshape(len(x), groups * features, *space, *kernel)
    padded = [
        (length - 1) * stride + dilation * (k - 1) + 1 + output_padding for length, k in zip(space, kernel, strict=True)
    ]
    y = add_windows(shares, (len(x), groups * features, *padded), stride, dilation)
    y = crop_space(y, pad, [length - 2 * pad for length in padded])
    return y + b.reshape(-1, *[1] * len(space)), (rows, kernels, x.shape, w.shape, stride, pad, dilation)


def backward(dy: Values, cache: Any) -> tuple[Values, Values, Values]:
    """dx is the convolution of dy with the kernel; every window of dy, times the element that made it, makes dw."""
    rows, kernels, x_shape, w_shape, stride, pad, dilation = cache
    padded = pad_space(dy, [(pad, pad) for _ in dy.shape[2:]])
    windows = cut_windows(padded, w_shape[2:], stride, dilation)
    seen = windows.reshape(*rows.shape[:2], kernels.shape[2], rows.shape[3], kernels.shape[3])
    dx, dw = np.einsum("ngmpk,gcmk->ngcp", seen, kernels), np.einsum("ngcp,ngmpk->gcmk", rows, seen)
    return dx.reshape(x_shape), dw.reshape(w_shape), dy.sum(axis=(0, *range(2, dy.ndim)))


def reference(x: Any, w: Any, b: Any, stride: int, pad: int, output_padding: int, dilation: int, groups: int) -> Any:
    """The definition: for every place i and kernel element k the j with i = j*stride + k*dilation - pad, if any."""
    xp = namespace(x)

    def met(length: int, kernel: int) -> Any:
        places = xp.arange((length - 1) * stride + dilation * (kernel - 1) + 1 + output_padding - 2 * pad)
        steps = places[:, None] + pad - xp.arange(kernel) * dilation
        return xp.where(steps % stride == 0, steps // stride, -1)

    places = [met(*lengths) for lengths in zip(x.shape[2:], w.shape[2:], strict=True)]
    kernels = xp.reshape(w, (groups, w.shape[0] // groups, *w.shape[1:]))
    kernels = xp.permute_dims(kernels, (0, 2, 1, *range(3, 3 + len(places))))
    return sum_over_kernel(x, kernels, places) + xp.reshape(b, (groups * w.shape[1], *[1] * len(places)))
