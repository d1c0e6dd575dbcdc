"""Spatial pyramid pooling: max pools over ever finer grids, flattened and joined, so that every image gives as many
features.

x: (N, C, H, W) → y: (N, C*(1 + 4 + … + 4^(pyramid_height-1))).  Level l divides each axis into B = 2^l windows that do
not overlap: of length K = ceil(H / B), behind a padding of P = ceil((K B - H) / 2), which never wins, as does what lies
behind the image.  Level by level y holds (C, B, B) in order.  Sizes with P < K are lawful, lest the first window hold
nothing: for four windows all but 5 from 4 on.  Kinks where two pixels of a window tie for the largest; there the first,
row by row, takes the gradient.
"""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import whole
from gradcheck.ops.convolution.definition import gather_space
from gradcheck.ops.convolution.windows import pad_space
from gradcheck.ops.pooling.winners import measure_leads


def measure_windows(length: int, count: int) -> tuple[int, int]:
    """The length of each of so many windows on an axis, and the padding before it."""
    kernel = -(-length // count)
    return kernel, (kernel * count - length + 1) // 2


def list_level(x: Values, count: int) -> Values:
    """The pixels of each window of a level in one row, padding as -∞.  x: (N, C, H, W) → (N, C, B, B, K*L)."""
    (rows, top), (columns, left) = (measure_windows(length, count) for length in x.shape[2:])
    behind = rows * count - top - x.shape[2], columns * count - left - x.shape[3]
    padded = pad_space(x, [(top, behind[0]), (left, behind[1])], -np.inf)
    split = padded.reshape(*x.shape[:2], count, rows, count, columns)
    return split.swapaxes(3, 4).reshape(*x.shape[:2], count, count, rows * columns)


def place_level(dy: Values, first: Values, shape: tuple[int, ...]) -> Values:
    """The upstream of each window at its winner, zero elsewhere.  dy, first: (N, C, B, B, 1) → (N, C, H, W)."""
    n, channels, count, *_ = first.shape
    (rows, top), (columns, left) = (measure_windows(length, count) for length in shape[2:])
    dx = np.zeros((n, channels, count, count, rows * columns), dy.dtype)
    np.put_along_axis(dx, first, dy, axis=-1)
    dx = dx.reshape(n, channels, count, count, rows, columns).swapaxes(3, 4)
    dx = dx.reshape(n, channels, count * rows, count * columns)
    return dx[:, :, top : top + shape[2], left : left + shape[3]]


def forward(x: Values, pyramid_height: int) -> tuple[Values, Any]:
    """The largest of each window, level by level, and where in its window it stood."""
    levels = [list_level(x, 2**level) for level in range(pyramid_height)]
    pooled = [seen.max(axis=-1).reshape(len(x), math.prod(seen.shape[1:4])) for seen in levels]
    return np.concatenate(pooled, axis=1), ([seen.argmax(axis=-1, keepdims=True) for seen in levels], x.shape)


def backward(dy: Values, cache: Any) -> Values:
    """Each level's part of the upstream goes to its winners; a pixel that wins on several levels adds up."""
    winners, shape = cache
    ends = np.cumsum([math.prod(first.shape[1:]) for first in winners])
    parts = np.split(dy, ends[:-1], axis=1)
    placed = [place_level(part.reshape(first.shape), first, shape) for part, first in zip(parts, winners, strict=True)]
    return np.sum(placed, axis=0)


def reference(x: Any, pyramid_height: int) -> Any:
    """The definition: for each level a max pool with kernel = stride, each pixel by its index; one outside is the
    nearest inside, which its window sees as well."""
    xp = namespace(x)

    def met(length: int, count: int) -> Any:
        kernel = (length + count - 1) // count
        starts = xp.arange(count) * kernel - (kernel * count - length + 1) // 2
        return xp.clip(starts[:, None] + xp.arange(kernel), 0, length - 1)

    levels = [[met(length, 2**level) for length in x.shape[2:]] for level in range(pyramid_height)]
    pooled = [xp.max(gather_space(x, places), axis=(3, 5)) for places in levels]
    return xp.concat([xp.reshape(y, (x.shape[0], math.prod(y.shape[1:]))) for y in pooled], axis=1)


def kinks(x: Values, pyramid_height: int) -> Values:
    """By how much the largest of each window leads the second, of the windows of several places."""
    leads = [measure_leads(list_level(x, 2**level)) for level in range(pyramid_height)]
    return np.concatenate([of_level.ravel() for of_level in leads])


spatial_pyramid_pool = Op(
    "spatial_pyramid_pool",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H W")},
    settings={"pyramid_height": whole(1, 3)},
    sizes={
        "C": whole(1, 3),
        "H": whole("pyramid_height*(pyramid_height-1)", None),
        "W": whole("pyramid_height*(pyramid_height-1)", None),
    },
    batch="N",
    kinks=kinks,
    convention="first",
    formula="y = max of x over each window of grids of 1, 2, 4 … per axis, joined",
    source="He, Zhang, Ren and Sun 2014, Spatial pyramid pooling; windows and padding as in Caffe, SPPLayer",
    aliases={"Caffe": "SPP", "Chainer": "spatial_pyramid_pooling_2d"},
)
