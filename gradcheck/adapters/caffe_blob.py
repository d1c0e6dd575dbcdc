"""Blobs as a Caffe layer in Python sees them.  Source: Caffe's python/caffe/_caffe.cpp and pycaffe.py."""

import math
from typing import Any

import numpy as np


class Blob:
    """Numbers with their gradient.  The gradient holds NaN until backward writes it: Caffe does not clear it, so that
    what is added to it, or left out, is garbage.

    Without __dict__, so that no law takes it for a cache: backward is meant to write to it.
    """

    __slots__ = ("_data", "_diff")

    def __init__(self, data: Any) -> None:
        self.hold(data)

    def hold(self, data: Any, diff: Any = None) -> None:
        """Have these very arrays; NaN for a gradient that is not given."""
        self._data = data
        self._diff = np.full(data.shape, np.nan) if diff is None else diff

    @property
    def data(self) -> Any:
        """The numbers, to be written in place."""
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
        """How many numbers there are."""
        return math.prod(self.shape)

    @property
    def num(self) -> int:
        """The length of the first axis, as the other three for a blob of at most four axes: 1 where there is none."""
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
        """The length of an axis, 1 where there is none."""
        return self.shape[place] if place < len(self.shape) else 1

    def reshape(self, *shape: int) -> None:
        """Take another shape; the numbers are zeros then."""
        if tuple(shape) != self.shape:
            self.hold(np.zeros(shape, self._data.dtype))


class Blobs(list[Blob]):
    """The parameters of a layer."""

    def add_blob(self, *shape: int) -> None:
        """One more, of zeros."""
        self.append(Blob(np.zeros(shape)))
