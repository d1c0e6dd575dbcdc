"""2-D average pooling: y[n, c, i, j] = Σ over k, l of x[n, c, i*stride - pad + k, j*stride - pad + l] / count.

x: (N, C, H, W) → y: (N, C, H', W').  count is kernel² if count_include_pad, padding being zeros like any other, else
the number of pixels of x in the window.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole


def inside(length: int, kernel: int, stride: int, pad: int) -> Values:
    """How many places of each window lie on an axis of this length, its padding left out."""
    starts = np.arange(-pad, length + pad - kernel + 1, stride)
    return np.asarray(np.minimum(starts + kernel, length) - np.maximum(starts, 0))


def forward(x: Values, kernel: int, stride: int, pad: int, count_include_pad: bool) -> tuple[Values, Any]:
    """The mean of each window, and the counts that backward needs."""
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    seen = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), axis=(2, 3))[:, :, ::stride, ::stride]
    rows, columns = (inside(length, kernel, stride, pad) for length in x.shape[2:])
    counts = np.full((len(rows), len(columns)), kernel**2) if count_include_pad else np.multiply.outer(rows, columns)
    counts = counts.astype(x.dtype)
    return seen.sum(axis=(4, 5)) / counts, (counts, x.shape, kernel, stride, pad)


def backward(dy: Values, cache: Any) -> Values:
    """Every pixel of a window takes an equal share of its upstream; windows that overlap add up."""
    counts, (n, channels, height, width), kernel, stride, pad = cache
    dx = np.zeros((n, channels, height + 2 * pad, width + 2 * pad), dy.dtype)
    share = dy / counts
    bottom, right = (stride * (m - 1) + 1 for m in counts.shape)
    for k in range(kernel):
        for m in range(kernel):
            dx[:, :, k : k + bottom : stride, m : m + right : stride] += share
    return dx[:, :, pad : pad + height, pad : pad + width].copy()


def reference(x: Any, kernel: int, stride: int, pad: int, count_include_pad: bool) -> Any:
    """The definition as a product: matrices of zeros and ones say which rows and which columns a window holds."""
    xp = namespace(x)

    def held(length: int) -> Any:
        starts = xp.arange((length + 2 * pad - kernel) // stride + 1)[:, None] * stride - pad
        places = xp.arange(length)
        return xp.astype((places >= starts) & (places < starts + kernel), x.dtype)

    rows, columns = map(held, x.shape[2:])
    ones = xp.ones(x.shape[2:], dtype=x.dtype)
    return rows @ x @ columns.T / (kernel**2 if count_include_pad else rows @ ones @ columns.T)


average_pool2d = Op(
    "average_pool2d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={
        "kernel": whole(1, 3),
        "stride": whole(1, 3),
        "pad": whole(0, "kernel-1"),
        "count_include_pad": choice(True, False),
    },
    sizes={"H": whole("kernel-2*pad", None), "W": whole("kernel-2*pad", None)},
    batch="N",
    formula="y = mean of x over each window",
    source="definition; padding, count_include_pad and rounding down as in torch.nn.functional.avg_pool2d",
)
