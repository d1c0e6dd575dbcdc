"""The number of windows along an axis, rounded up so that the last one may reach beyond the padding (ceil mode)."""


def count_windows(length: int, kernel: int, stride: int, pad: int) -> int:
    """As many windows as cover the axis and its padding, but for one that would begin behind the axis, in the padding
    or beyond it.  Source: Caffe, PoolingLayer::Reshape."""
    count = -(-(length + 2 * pad - kernel) // stride) + 1
    return count - ((count - 1) * stride >= length + pad)


def pad_for_windows(length: int, kernel: int, stride: int, pad: int) -> tuple[int, int]:
    """The padding before and behind the axis that these windows need."""
    return pad, (count_windows(length, kernel, stride, pad) - 1) * stride + kernel - pad - length
