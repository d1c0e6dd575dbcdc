"""2-D max pooling: y[n, c, i, j] = max over k, l of x[n, c, i*stride - pad + k, j*stride - pad + l].

x: (N, C, H, W) → y: (N, C, H', W').  Padding never wins.  Kinks where two pixels of a window tie for the largest; there
the first, row by row, takes the gradient.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole


def windows(x: Values, kernel: int, stride: int, pad: int) -> Values:
    """The pixels of each window in one row, padding as -∞.  x: (N, C, H, W) → (N, C, H', W', kernel²)."""
    n, channels, height, width = x.shape
    padded = np.full((n, channels, height + 2 * pad, width + 2 * pad), -np.inf, x.dtype)
    padded[:, :, pad : pad + height, pad : pad + width] = x
    view = np.lib.stride_tricks.sliding_window_view(padded, (kernel, kernel), axis=(2, 3))[:, :, ::stride, ::stride]
    return view.reshape(*view.shape[:4], kernel * kernel)


def forward(x: Values, kernel: int, stride: int, pad: int) -> tuple[Values, Any]:
    """The largest of each window, and where it stood."""
    seen = windows(x, kernel, stride, pad)
    return seen.max(axis=-1), (seen.argmax(axis=-1), x.shape, kernel, stride, pad)


def backward(dy: Values, cache: Any) -> Values:
    """The upstream of each window goes to its winner; a pixel that wins several windows adds up."""
    winner, (n, channels, height, width), kernel, stride, pad = cache
    dx = np.zeros((n, channels, height + 2 * pad, width + 2 * pad), dy.dtype)
    image, channel, i, j = np.indices(winner.shape, sparse=True)
    np.add.at(dx, (image, channel, i * stride + winner // kernel, j * stride + winner % kernel), dy)
    return dx[:, :, pad : pad + height, pad : pad + width].copy()


def reference(x: Any, kernel: int, stride: int, pad: int) -> Any:
    """The definition, each pixel by its index; one outside is the nearest inside, which its window sees as well."""
    xp, (n, channels, height, width) = namespace(x), x.shape
    rows, columns = (
        xp.clip(
            xp.arange((length + 2 * pad - kernel) // stride + 1)[:, None] * stride - pad + xp.arange(kernel),
            0,
            length - 1,
        )
        for length in (height, width)
    )
    met = xp.take(xp.take(x, xp.reshape(rows, (-1,)), axis=2), xp.reshape(columns, (-1,)), axis=3)
    return xp.max(xp.reshape(met, (n, channels, rows.shape[0], kernel, columns.shape[0], kernel)), axis=(3, 5))


def kinks(x: Values, kernel: int, stride: int, pad: int) -> Values:
    """By how much the largest of each window leads the second."""
    ordered = np.sort(windows(x, kernel, stride, pad), axis=-1)
    return ordered[..., -1] - ordered[..., -2] if kernel > 1 else np.full(ordered.shape[:-1], np.inf)


max_pool2d = Op(
    "max_pool2d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={"kernel": whole(1, 3), "stride": whole(1, 3), "pad": whole(0, "kernel-1")},
    sizes={"H": whole("kernel-2*pad", None), "W": whole("kernel-2*pad", None)},
    batch="N",
    kinks=kinks,
    convention="first",
    formula="y = max of x over each window",
    source="CS231n notes, convolutional networks; padding and rounding down as in torch.nn.functional.max_pool2d",
)
