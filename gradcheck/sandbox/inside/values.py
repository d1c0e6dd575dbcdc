"""Values that cross between two processes, as JSON and the bytes of arrays; nothing else can be written or read.

A value is None, a bool, int, float or str; bytes; an array; `Held`; a list, tuple or dict of values.
In JSON whatever is no number, text or null is a list that begins with its kind: ["array", "float64", [2, 3]].  The
bytes of arrays stand apart, in the order in which the arrays appear, C-contiguous and little-endian.
"""

from dataclasses import dataclass

SENT_DTYPES = frozenset(
    ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32", "float64")
)
MAX_DIMENSIONS = 32
MAX_NESTING = 32
MAX_PAIRS = 4096
"""Entries of one dict: keys that collide are compared one by one, which takes the square of their number."""
MAX_VALUE_TEXT = 1 << 16
"""Characters of one text."""
MAX_INTEGER_BITS = 256
MAX_INTEGER_DIGITS = 80
"""Digits of an integer in JSON: 2 ** 256 has 78."""


class ProtocolViolation(Exception):
    """What the other side sent is no value, or no frame; nothing more is read from it."""


class UnsendableValue(TypeError):
    """A value of a kind or size that does not cross; the message says which."""


@dataclass(frozen=True)
class Held:
    """A thing that stays in the worker, known to the parent by its number alone."""

    number: int
