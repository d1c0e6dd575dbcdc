"""Channels of each pixel made a block of pixels: y[n, c, i r + k, j r + l] = x[n, channel, i, j], r the block size.

x: (N, C r², H, W) → y: (N, C, H r, W r).  In mode "CRD" the channel is c r² + k r + l, in "DCR" (k r + l) C + c.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.shaping.blocks import to_depth, to_space


def forward(x: Values, block_size: int, mode: str) -> tuple[Values, tuple[int, str]]:
    """The wide image."""
    return to_space(x, block_size, mode), (block_size, mode)


def backward(dy: Values, cache: tuple[int, str]) -> Values:
    """Each element takes back its own upstream: blocks are made channels again."""
    return to_depth(dy, *cache)


def reference(x: Any, block_size: int, mode: str) -> Any:
    """The place in x of each pixel of y, by the formula."""
    xp, r, (n, deep, height, width) = namespace(x), block_size, x.shape
    channels = deep // (r * r)
    c, i, j = xp.arange(channels)[:, None, None], xp.arange(height * r)[:, None], xp.arange(width * r)
    place = i % r * r + j % r
    channel = c * r * r + place if mode == "CRD" else place * channels + c
    flat = (channel * height + i // r) * width + j // r
    y = xp.take(xp.reshape(x, (n, deep * height * width)), xp.reshape(flat, (-1,)), axis=1)
    return xp.reshape(y, (n, channels, height * r, width * r))


depth_to_space = Op(
    "depth_to_space",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C*block_size*block_size H W")},
    settings={"block_size": whole(1, 3), "mode": choice("CRD", "DCR")},
    batch="N",
    formula="y[n, c, i r + k, j r + l] = x[n, c r² + k r + l, i, j], r the block size",
    source="Shi et al. 2016, periodic shuffling; modes of ONNX, DepthToSpace",
    aliases={"torch": "pixel_shuffle", "Chainer": "depth2space"},
)
