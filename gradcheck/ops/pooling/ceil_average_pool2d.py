"""2-D average pooling in ceil mode: the number of windows is rounded up, so that no element of the image is left over.

y[n, c, i, j] = Σ over k, l of x[n, c, i*stride - pad + k, j*stride - pad + l] / count.  x: (N, C, H, W) →
y: (N, C, H', W'), H' = ceil((H + 2*pad - kernel) / stride) + 1, less one if the last window would begin behind the
image.  count is that of the places of the window within the image and its padding: padding counts, as zeros, and what
lies beyond it does not.  stride is at most kernel: else a window might hold nothing, and Caffe would divide by zero.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.convolution.windows import add_windows, crop_space, cut_windows, pad_space
from gradcheck.ops.pooling.rounding_up import count_windows, pad_for_windows


def count_places(length: int, kernel: int, stride: int, pad: int) -> Values:
    """How many places of each window lie on an axis of this length or in its padding."""
    starts = np.arange(count_windows(length, kernel, stride, pad)) * stride - pad
    return np.asarray(np.minimum(starts + kernel, length + pad) - starts)


def forward(x: Values, kernel: int, stride: int, pad: int) -> tuple[Values, Any]:
    """The mean of each window, and the shapes and settings that backward needs."""
    space = x.shape[2:]
    padded = pad_space(x, [pad_for_windows(length, kernel, stride, pad) for length in space])
    rows, columns = (count_places(length, kernel, stride, pad).astype(x.dtype) for length in space)
    sums = cut_windows(padded, (kernel, kernel), stride).sum(axis=(4, 5))
    return sums / np.multiply.outer(rows, columns), (padded.shape, space, kernel, stride, pad)


def backward(dy: Values, cache: Any) -> Values:
    """Every pixel of a window takes an equal share of its upstream; windows that overlap add up."""
    padded, space, kernel, stride, pad = cache
    rows, columns = (count_places(length, kernel, stride, pad).astype(dy.dtype) for length in space)
    share = dy / np.multiply.outer(rows, columns)
    shares = np.broadcast_to(share[..., None, None], (*dy.shape, kernel, kernel))
    return crop_space(add_windows(shares, padded, stride), pad, space)


def reference(x: Any, kernel: int, stride: int, pad: int) -> Any:
    """The definition as a product: matrices of zeros and ones say which places a window holds of the padded image."""
    xp = namespace(x)

    def held(length: int) -> Any:
        count = (length + 2 * pad - kernel + stride - 1) // stride + 1
        starts = xp.arange(count if (count - 1) * stride < length + pad else count - 1)[:, None] * stride
        places = xp.arange(length + 2 * pad)
        return xp.astype((places >= starts) & (places < starts + kernel), x.dtype)

    rows, columns = map(held, x.shape[2:])
    ones = xp.ones((rows.shape[1], columns.shape[1]), dtype=x.dtype)
    image = slice(pad, pad + x.shape[2]), slice(pad, pad + x.shape[3])
    return rows[:, image[0]] @ x @ columns[:, image[1]].T / (rows @ ones @ columns.T)


ceil_average_pool2d = Op(
    "ceil_average_pool2d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={"kernel": whole(1, 3), "stride": whole(1, "kernel"), "pad": whole(0, "kernel-1")},
    sizes={"H": whole("kernel-stride+1-2*pad", None), "W": whole("kernel-stride+1-2*pad", None)},
    batch="N",
    formula="y = mean of x over each window, as many windows as cover x",
    source="Caffe, PoolingLayer; torch.nn.functional.avg_pool2d with ceil_mode=True",
    aliases={"Caffe": "Pooling", "torch": "avg_pool2d"},
)
