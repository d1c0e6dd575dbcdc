"""The patches of an image that a kernel meets, as columns, and columns added up to an image again."""

import numpy as np

from gradcheck.arrays import Values


def add_border(x: Values, pad: int) -> Values:
    """x with zeros on all sides.  x: (N, C, H, W) → (N, C, H + 2 pad, W + 2 pad)."""
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def unfold(x: Values, kernel: int, stride: int, pad: int, dilation: int) -> Values:
    """The pixels of each patch in one column.  x: (N, C, H, W) → (N, C kernel², H' W')."""
    span = dilation * (kernel - 1) + 1
    seen = np.lib.stride_tricks.sliding_window_view(add_border(x, pad), (span, span), axis=(2, 3))
    seen = seen[:, :, ::stride, ::stride, ::dilation, ::dilation]
    n, channels, rows, columns = seen.shape[:4]
    return seen.transpose(0, 1, 4, 5, 2, 3).reshape(n, channels * kernel**2, rows * columns)


def fold(y: Values, height: int, width: int, kernel: int, stride: int, pad: int, dilation: int) -> Values:
    """Each column added to the pixels of its patch; patches that overlap add up.  y: (N, C kernel², H' W') → (N, C,
    height, width)."""
    n, channels = y.shape[0], y.shape[1] // kernel**2
    rows, columns = (count_patches(length, kernel, stride, pad, dilation) for length in (height, width))
    patches = y.reshape(n, channels, kernel, kernel, rows, columns)
    x = add_border(np.zeros((n, channels, height, width), y.dtype), pad)
    for k in range(kernel):
        for m in range(kernel):
            down = np.s_[k * dilation : k * dilation + stride * rows : stride]
            along = np.s_[m * dilation : m * dilation + stride * columns : stride]
            x[:, :, down, along] += patches[:, :, k, m]
    return x[:, :, pad : pad + height, pad : pad + width]


def count_patches(length: int, kernel: int, stride: int, pad: int, dilation: int) -> int:
    """The number of places of the kernel along an axis of this length."""
    return (length + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1
