"""2-D max pooling in ceil mode: the number of windows is rounded up, so that no element of the image is left over.

y[n, c, i, j] = max over k, l of x[n, c, i*stride - pad + k, j*stride - pad + l].  x: (N, C, H, W) → y: (N, C, H', W'),
H' = ceil((H + 2*pad - kernel) / stride) + 1, less one if the last window would begin behind the image.  What lies
outside never wins.  stride is at most kernel: else a window might hold nothing, and Caffe would return -FLT_MAX.  Kinks
where two pixels of a window tie for the largest; there the first, row by row, takes the gradient.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.convolution.definition import gather_space
from gradcheck.ops.pooling.rounding_up import pad_for_windows
from gradcheck.ops.pooling.winners import list_windows, locate_winners, measure_leads, route_to_winners


def forward(x: Values, kernel: int, stride: int, pad: int) -> tuple[Values, Any]:
    """The largest of each window, and where it stood."""
    widths = [pad_for_windows(length, kernel, stride, pad) for length in x.shape[2:]]
    seen = list_windows(x, widths, kernel, stride, -np.inf)
    return seen.max(axis=-1), (seen.argmax(axis=-1), x.shape, kernel, stride, pad)


def backward(dy: Values, cache: Any) -> Values:
    """The upstream of each window goes to its winner; a pixel that wins several windows adds up."""
    first, shape, kernel, stride, pad = cache
    return route_to_winners(dy, locate_winners(first, shape[2:], kernel, stride, pad), shape)


def reference(x: Any, kernel: int, stride: int, pad: int) -> Any:
    """The definition, each pixel by its index; one outside is the nearest inside, which its window sees as well."""
    xp = namespace(x)

    def met(length: int) -> Any:
        count = (length + 2 * pad - kernel + stride - 1) // stride + 1
        starts = xp.arange(count if (count - 1) * stride < length + pad else count - 1) * stride - pad
        return xp.clip(starts[:, None] + xp.arange(kernel), 0, length - 1)

    return xp.max(gather_space(x, [met(length) for length in x.shape[2:]]), axis=(3, 5))


def kinks(x: Values, kernel: int, stride: int, pad: int) -> Values:
    """By how much the largest of each window leads the second."""
    widths = [pad_for_windows(length, kernel, stride, pad) for length in x.shape[2:]]
    return measure_leads(list_windows(x, widths, kernel, stride, -np.inf))


ceil_max_pool2d = Op(
    "ceil_max_pool2d",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={"kernel": whole(1, 3), "stride": whole(1, "kernel"), "pad": whole(0, "kernel-1")},
    sizes={"H": whole("kernel-stride+1-2*pad", None), "W": whole("kernel-stride+1-2*pad", None)},
    batch="N",
    kinks=kinks,
    convention="first",
    formula="y = max of x over each window, as many windows as cover x",
    source="Caffe, PoolingLayer; torch.nn.functional.max_pool2d with ceil_mode=True",
    aliases={"Caffe": "Pooling", "torch": "max_pool2d", "Chainer": "max_pooling_2d"},
)
