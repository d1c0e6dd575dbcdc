"""Square blocks of pixels made channels, and channels made blocks of pixels.

A channel of the deep image is, by mode: "CRD" the channel, then row and column in the block; "DCR" row and column in
the block, then the channel.  Source: ONNX, DepthToSpace.
"""

from gradcheck.arrays import Values

DEEP = {"CRD": (0, 1, 3, 5, 2, 4), "DCR": (0, 3, 5, 1, 2, 4)}
"""The axes (N, C, H, row, W, column) in the order of the deep image, by mode."""

WIDE = {"CRD": (0, 1, 4, 2, 5, 3), "DCR": (0, 3, 4, 1, 5, 2)}
"""The axes of the deep image in the order (N, C, H, row, W, column), by mode."""


def to_depth(x: Values, block_size: int, mode: str) -> Values:
    """Each block as the channels of one pixel.  x: (N, C, H r, W r) → (N, C r², H, W), r the block size."""
    n, channels, height, width = x.shape
    rows, columns = height // block_size, width // block_size
    split = x.reshape(n, channels, rows, block_size, columns, block_size)
    return split.transpose(DEEP[mode]).reshape(n, channels * block_size**2, rows, columns).copy()


def to_space(x: Values, block_size: int, mode: str) -> Values:
    """The channels of each pixel as a block.  x: (N, C r², H, W) → (N, C, H r, W r), r the block size."""
    n, deep, rows, columns = x.shape
    channels = deep // block_size**2
    inner = (channels, block_size, block_size) if mode == "CRD" else (block_size, block_size, channels)
    split = x.reshape(n, *inner, rows, columns).transpose(WIDE[mode])
    return split.reshape(n, channels, rows * block_size, columns * block_size).copy()
