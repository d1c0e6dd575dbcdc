"""Max pooling: upstreams that meet in one pixel, and pixels beside the padding."""

from dataclasses import replace

import numpy as np

from gradcheck.ops.pooling.max_pool2d import max_pool2d
from tests.corpus.corpus import Fault


def pooled(write, cut=lambda dx, pad, height, width: dx[:, :, pad : pad + height, pad : pad + width]):
    """Max pooling whose backward writes the upstreams at their winners' places, then cuts the padding off."""

    def backward(dy, cache):
        winner, (n, channels, height, width), kernel, stride, pad = cache
        dx = np.zeros((n, channels, height + 2 * pad, width + 2 * pad), dy.dtype)
        image, channel, i, j = np.indices(winner.shape)
        write(dx, np.stack([image, channel, i * stride + winner // kernel, j * stride + winner % kernel]), dy)
        return cut(dx, pad, height, width).copy()

    return replace(max_pool2d, backward=backward)


def add_up(dx, places, dy):
    np.add.at(dx, tuple(places), dy)


def last_stays(dx, places, dy):
    dx[tuple(places)] = dy


def first_stays(dx, places, dy):
    for *place, share in zip(*places.reshape(4, -1), dy.ravel(), strict=True):
        dx[tuple(place)] = dx[tuple(place)] or share


def first_window_alone(dx, places, dy):
    add_up(dx, places[..., :1, :1], dy[..., :1, :1])


FAULTS = (
    Fault(
        "max_pool2d: the last window overwrites the others",
        pooled(last_stays),
        max_pool2d,
        ("gradient",),
        "windows that overlap",
        "tangermeme#95, ocannl#512",
    ),
    Fault(
        "max_pool2d: one window alone for each pixel",
        pooled(first_stays),
        max_pool2d,
        ("gradient",),
        "windows that overlap",
        "Flux#1197, NNlib.jl#205",
    ),
    Fault(
        "max_pool2d: backward without the padding of forward",
        pooled(add_up, lambda dx, pad, height, width: dx[:, :, :height, :width]),
        max_pool2d,
        ("gradient",),
        "padding",
        "NNlib.jl#133, libnd4j#755",
    ),
    Fault(
        "max_pool2d: return stands in the loop over windows",
        pooled(first_window_alone),
        max_pool2d,
        ("gradient",),
        "several windows",
        "CNN-from-scratch#1",
    ),
)
