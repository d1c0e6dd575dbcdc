"""Writing values: the one side of `inside.values`."""

import json
import math
from typing import Any

import numpy as np

from gradcheck.sandbox.inside.values import (
    MAX_DIMENSIONS,
    MAX_INTEGER_BITS,
    MAX_NESTING,
    MAX_PAIRS,
    MAX_VALUE_TEXT,
    SENT_DTYPES,
    Held,
    UnsendableValue,
)


def encode_value(value: Any, most_bytes: int) -> tuple[bytes, list[Any]]:
    """A value as JSON, and the bytes of its arrays as buffers of at most `most_bytes` together.  UnsendableValue."""
    encoder = ValueEncoder(most_bytes)
    return json.dumps(encoder.encode(value), separators=(",", ":")).encode("ascii"), encoder.buffers


class ValueEncoder:
    """Turns values into what JSON can hold, and collects the bytes of arrays in `buffers`."""

    def __init__(self, most_bytes: int) -> None:
        self.room = most_bytes
        self.buffers: list[Any] = []

    def encode(self, value: Any, depth: int = 0) -> Any:
        """The node of one value.  Subclasses are sent as what they are subclasses of."""
        if depth > MAX_NESTING:
            raise UnsendableValue(f"values nested deeper than {MAX_NESTING}")
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, (np.ndarray, np.generic)):
            return self.encode_array(np.asarray(value))
        if isinstance(value, (int, float, str)):
            return encode_scalar(value)
        if isinstance(value, (bytes, bytearray)):
            return ["bytes", self.take(bytes(value))]
        if isinstance(value, Held):
            return ["held", int(value.number)]
        return self.encode_container(value, depth + 1)

    def encode_container(self, value: Any, depth: int) -> Any:
        """The node of a list, a tuple or a dict."""
        if isinstance(value, (list, tuple)):
            kind = "tuple" if isinstance(value, tuple) else "list"
            return [kind, *(self.encode(item, depth) for item in value)]
        if isinstance(value, dict) and len(value) > MAX_PAIRS:
            raise UnsendableValue(f"a dict of {len(value):,} entries")
        if isinstance(value, dict):
            return ["dict", *([encode_key(key), self.encode(item, depth)] for key, item in value.items())]
        raise UnsendableValue(f"a value of type {type(value).__name__}")

    def encode_array(self, array: Any) -> Any:
        """The node of an array, whose bytes are put aside."""
        name = array.dtype.name
        if name not in SENT_DTYPES or array.dtype.subdtype or array.dtype.names:
            raise UnsendableValue(f"an array of dtype {array.dtype}")
        shape = [int(length) for length in array.shape]
        if len(shape) > MAX_DIMENSIONS:
            raise UnsendableValue(f"an array of {len(shape)} dimensions")
        size = math.prod(shape) * array.dtype.itemsize
        self.reserve(size)
        flat = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<")).reshape(-1)
        self.buffers.append(flat.view(np.uint8).data)
        return ["array", name, shape]

    def take(self, data: bytes) -> int:
        """Put bytes aside."""
        self.reserve(len(data))
        self.buffers.append(data)
        return len(data)

    def reserve(self, size: int) -> None:
        """Count bytes before they are made.  UnsendableValue where they are too many."""
        if size > self.room:
            raise UnsendableValue(f"{size:,} bytes where {self.room:,} are left")
        self.room -= size


def encode_scalar(value: int | float | str) -> int | float | str:
    """A number or a text as JSON has it.  UnsendableValue where it is too long."""
    if isinstance(value, str):
        if len(value) > MAX_VALUE_TEXT:
            raise UnsendableValue(f"a text of {len(value):,} characters")
        return str.__str__(value)
    if isinstance(value, int):
        if int.bit_length(value) > MAX_INTEGER_BITS:
            raise UnsendableValue(f"an integer of {int.bit_length(value):,} bits")
        return int.__int__(value)
    return float.__float__(value)


def encode_key(key: Any) -> int | str:
    """A key of a dict: a text, or an int."""
    if type(key) is str and len(key) <= MAX_VALUE_TEXT:
        return key
    if isinstance(key, bool) or not isinstance(key, (int, str)):
        raise UnsendableValue(f"a dict key of type {type(key).__name__}")
    scalar = encode_scalar(key)
    assert not isinstance(scalar, float)
    return scalar
