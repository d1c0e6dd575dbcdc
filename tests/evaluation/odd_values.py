"""What code under test returns in place of an array, by name: each is made of an array of floats."""

import array
import datetime
from collections import deque
from decimal import Decimal

import numpy as np


def fail(*args, **kwargs):
    raise ZeroDivisionError


class WithoutArray:
    """Says that it gives an array, and raises."""

    __array__ = fail


class WithTextArray:
    """Gives an array of text."""

    def __array__(self, dtype=None, copy=None):
        return np.array(["text"])


class Hostile:
    """Raises whatever it is asked."""

    __repr__ = __str__ = __len__ = __iter__ = __eq__ = __bool__ = __getattr__ = fail
    __hash__ = None


class WithoutClass:
    """Raises where isinstance asks for its class."""

    __class__ = property(fail)


class Endless:
    """A text that never ends, members that never end."""

    def __repr__(self):
        while True:
            pass

    def __iter__(self):
        while True:
            yield 1.0


class HostileArray(np.ndarray):
    """An array that raises where it is asked for its shape or dtype."""

    shape = dtype = property(fail)
    __eq__ = fail
    __hash__ = None


class HostileTuple(tuple):
    """A tuple that raises where it is counted."""

    __slots__ = ()
    __len__ = __iter__ = __getitem__ = fail


class HostileDict(dict):
    """A dictionary that raises where it is read."""

    __len__ = __iter__ = keys = values = items = fail


class HostileText(str):
    """A text that raises where it is compared or shown."""

    __slots__ = ()
    __eq__ = __repr__ = __str__ = fail
    __hash__ = str.__hash__


NO_ARRAYS = {
    "none": lambda x: None,
    "text": lambda x: "text",
    "long text": lambda x: "A" * 5_000_000,
    "complex number": lambda x: 1j,
    "list": lambda x: x.tolist(),
    "ragged list": lambda x: [[1.0], [1.0, 2.0]],
    "nested tuples": lambda x: ((x,), (x, x)),
    "generator": lambda x: (row for row in x),
    "dictionary": lambda x: {"\x1b[2J": x},
    "set": lambda x: {1.0},
    "deque": lambda x: deque([1.0]),
    "decimal": lambda x: Decimal(2),
    "date": lambda x: datetime.date(2020, 1, 1),
    "function": lambda x: np.sum,
    "module": lambda x: np,
    "type": lambda x: int,
    "exception": lambda x: ValueError("x"),
    "ellipsis": lambda x: ...,
    "buffer": lambda x: array.array("d", [1.0]),
    "hostile": lambda x: Hostile(),
    "without class": lambda x: WithoutClass(),
    "endless": lambda x: Endless(),
    "hostile tuple": lambda x: HostileTuple((x, x)),
    "hostile dictionary": lambda x: HostileDict(a=x),
    "hostile text": lambda x: HostileText("a"),
}
"""Values that are no arrays."""

OTHER_ARRAYS = {
    "bool": lambda x: x > 0,
    "one bool": lambda x: True,
    "bool of NumPy": lambda x: np.True_,
    "complex": lambda x: x + 0j,
    "integer": lambda x: x.astype(int),
    "unsigned": lambda x: np.abs(x).astype(np.uint8),
    "object": lambda x: x.astype(object),
    "huge integer": lambda x: 10**5000,
    "texts": lambda x: x.astype(str),
    "bytes": lambda x: np.full(x.shape, b"abc"),
    "masked": lambda x: np.ma.masked_array(x, x > 0),
    "structured": lambda x: np.zeros(x.shape, [("a", float), ("\x1b[2J", int)]),
    "time": lambda x: np.zeros(x.shape, "M8[s]"),
    "time difference": lambda x: np.zeros(x.shape, "m8[s]"),
    "records": lambda x: np.zeros(x.shape, [("a", float)]).view(np.recarray),
    "raw memory": lambda x: np.void(b"abc"),
    "array that raises": lambda x: WithoutArray(),
    "array of text": lambda x: WithTextArray(),
}
"""Arrays, and what gives some, whose elements are no floating-point numbers."""

LAWFUL_ARRAYS = {
    "plain": lambda x: x.copy(),
    "matrix": np.matrix,
    "half": lambda x: x.astype(np.float16),
    "single": lambda x: x.astype(np.float32),
    "long double": lambda x: x.astype(np.longdouble),
    "other byte order": lambda x: x.astype(x.dtype.newbyteorder()),
    "subclass": lambda x: x.copy().view(HostileArray),
    "read-only": lambda x: np.broadcast_to(x, x.shape),
}
"""Arrays of floating-point numbers."""
