"""Blobs as a Caffe layer in Python sees them.  Source: Caffe's python/caffe/_caffe.cpp and pycaffe.py."""

import math
from typing import Any

import numpy as np


class Blob:
    """An array with its gradient.  The gradient is NaN until backward writes it: Caffe does not clear it, so that
    elements that backward adds to, or leaves out, are undefined.

    Without __dict__, so that no law takes it for a cache: backward is meant to write to it.
    """

    __slots__ = ("_data", "_diff")

    def __init__(self, data: Any) -> None:
        self.hold(data)

    def hold(self, data: Any, diff: Any = None) -> None:
        """Store these arrays without a copy; NaN for a gradient that is not given."""
        self._data = data
        self._diff = np.full(data.shape, np.nan) if diff is None else diff

    @property
    def data(self) -> Any:
        """The values, to be written in place."""
        return self._data

    @property
    def diff(self) -> Any:
        """The gradient, to be written in place."""
        return self._diff

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return tuple(self._data.shape)

    @property
    def count(self) -> int:
        """The number of elements."""
        return math.prod(self.shape)

    @property
    def num(self) -> int:
        """The length of the first axis, 1 where there is none; `channels`, `height` and `width` are the next three."""
        return self.axis(0)

    @property
    def channels(self) -> int:
        """The length of the second axis."""
        return self.axis(1)

    @property
    def height(self) -> int:
        """The length of the third axis."""
        return self.axis(2)

    @property
    def width(self) -> int:
        """The length of the fourth axis."""
        return self.axis(3)

    def axis(self, place: int) -> int:
        """Return the length of an axis, 1 where there is none."""
        return self.shape[place] if place < len(self.shape) else 1

    def reshape(self, *shape: int) -> None:
        """Change the shape; the values become zeros where it differs."""
        if tuple(shape) != self.shape:
            self.hold(np.zeros(shape, self._data.dtype))


class Blobs(list[Blob]):
    """The parameters of a layer."""

    def add_blob(self, *shape: int) -> None:
        """Append a blob of zeros."""
        self.append(Blob(np.zeros(shape)))
