"""Blocks of pixels made channels of one pixel: y[n, channel, i, j] = x[n, c, i r + k, j r + l], r the block size.

x: (N, C, H r, W r) → y: (N, C r², H, W).  In mode "CRD" the channel is c r² + k r + l, in "DCR" (k r + l) C + c.
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, whole
from gradcheck.ops.shaping.blocks import to_depth, to_space


def forward(x: Values, block_size: int, mode: str) -> tuple[Values, tuple[int, str]]:
    """The deep image."""
    return to_depth(x, block_size, mode), (block_size, mode)


def backward(dy: Values, cache: tuple[int, str]) -> Values:
    """Each element takes back its own upstream: channels are made blocks again."""
    return to_space(dy, *cache)


def reference(x: Any, block_size: int, mode: str) -> Any:
    """The place in x of each pixel of y, by the formula."""
    xp, r, (n, channels, height, width) = namespace(x), block_size, x.shape
    rows, columns = height // r, width // r
    deep, i, j = xp.arange(channels * r * r)[:, None, None], xp.arange(rows)[:, None], xp.arange(columns)
    c, place = (deep // (r * r), deep % (r * r)) if mode == "CRD" else (deep % channels, deep // channels)
    flat = (c * height + i * r + place // r) * width + j * r + place % r
    y = xp.take(xp.reshape(x, (n, channels * height * width)), xp.reshape(flat, (-1,)), axis=1)
    return xp.reshape(y, (n, channels * r * r, rows, columns))


space_to_depth = Op(
    "space_to_depth",
    forward,
    backward,
    reference,
    inputs={"x": Array("N C H*block_size W*block_size")},
    settings={"block_size": whole(1, 3), "mode": choice("CRD", "DCR")},
    batch="N",
    formula="y[n, c r² + k r + l, i, j] = x[n, c, i r + k, j r + l], r the block size",
    source="torch.nn.functional.pixel_unshuffle; modes of ONNX, DepthToSpace",
    aliases={"torch": "pixel_unshuffle", "Chainer": "space2depth"},
)
