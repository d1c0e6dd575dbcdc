"""Reading values that somebody else wrote: the other side of `inside.values`, where nothing is believed."""

import json
import math
from typing import Any

import numpy as np

from gradcheck.sandbox.inside.values import (
    MAX_DIMENSIONS,
    MAX_INTEGER_DIGITS,
    MAX_NESTING,
    MAX_PAIRS,
    MAX_VALUE_TEXT,
    SENT_DTYPES,
    Held,
    ProtocolViolation,
)


def decode_value(header: bytes, payload: memoryview) -> Any:
    """The value of a JSON text and the bytes of its arrays; every array is a new one that owns its memory.
    ProtocolViolation for anything but what `inside.value_encoding` writes."""
    try:
        node = json.loads(header.decode("ascii"), parse_int=read_integer)
    except (ValueError, RecursionError) as problem:
        raise ProtocolViolation(f"a header that is no JSON: {type(problem).__name__}") from None
    decoder = ValueDecoder(payload)
    value = decoder.decode(node)
    if decoder.position != len(payload):
        raise ProtocolViolation("bytes that belong to no array")
    return value


def read_integer(digits: str) -> int:
    """An integer of JSON.  ValueError where it is longer than any that is sent."""
    if len(digits) > MAX_INTEGER_DIGITS:
        raise ValueError("an integer of too many digits")
    return int(digits)


class ValueDecoder:
    """Makes values of nodes; `position` is how far the bytes of arrays are used."""

    def __init__(self, payload: memoryview) -> None:
        self.payload = payload
        self.position = 0

    def decode(self, node: Any, depth: int = 0) -> Any:
        """The value of one node."""
        if depth > MAX_NESTING:
            raise ProtocolViolation("values nested too deep")
        form = type(node)
        if form is str and len(node) > MAX_VALUE_TEXT:
            raise ProtocolViolation("a text that is too long")
        if form is not list and form is not dict:
            return node
        if form is dict or not node or type(node[0]) is not str:
            raise ProtocolViolation("a value without its kind")
        return self.decode_kind(node[0], node[1:], depth + 1)

    def decode_kind(self, kind: str, rest: list[Any], depth: int) -> Any:
        """The value of a node that begins with its kind."""
        if kind in ("list", "tuple"):
            items = [self.decode(item, depth) for item in rest]
            return tuple(items) if kind == "tuple" else items
        if kind == "dict":
            return self.decode_dict(rest, depth)
        if kind == "array" and len(rest) == 2:
            return self.decode_array(*rest)
        if kind == "bytes" and len(rest) == 1:
            return bytes(self.read(rest[0]))
        if kind == "held" and len(rest) == 1 and is_count(rest[0]):
            return Held(rest[0])
        raise ProtocolViolation("a value of an unknown kind")

    def decode_dict(self, pairs: list[Any], depth: int) -> dict[int | str, Any]:
        """A dict of its pairs."""
        found = {}
        if len(pairs) > MAX_PAIRS:
            raise ProtocolViolation("a dict of too many entries")
        for pair in pairs:
            if not isinstance(pair, list) or len(pair) != 2 or type(pair[0]) not in (int, str):
                raise ProtocolViolation("a dict without pairs of key and value")
            found[self.decode(pair[0], depth)] = self.decode(pair[1], depth)
        if len(found) != len(pairs):
            raise ProtocolViolation("a dict with the same key twice")
        return found

    def decode_array(self, name: Any, shape: Any) -> Any:
        """A new array of this dtype and shape, of the bytes that come next."""
        if not isinstance(name, str) or name not in SENT_DTYPES:
            raise ProtocolViolation("an array of a dtype that is not sent")
        if not isinstance(shape, list) or len(shape) > MAX_DIMENSIONS or not all(map(is_count, shape)):
            raise ProtocolViolation("an array of an impossible shape")
        dtype = np.dtype(name)
        raw = self.read(math.prod(shape) * dtype.itemsize)
        try:
            if name == "bool":
                return (np.frombuffer(raw, dtype=np.uint8) != 0).reshape(shape)
            return np.frombuffer(raw, dtype=dtype.newbyteorder("<")).astype(dtype).reshape(shape)
        except ValueError:
            raise ProtocolViolation("an array of an impossible shape") from None

    def read(self, size: Any) -> memoryview:
        """The bytes that come next."""
        if not is_count(size) or size > len(self.payload) - self.position:
            raise ProtocolViolation("an array that is longer than its bytes")
        self.position += size
        return self.payload[self.position - size : self.position]


def is_count(number: Any) -> bool:
    """Whether a number of JSON is a length: an int from 0 to 2 ** 63 - 1."""
    return type(number) is int and 0 <= number < 1 << 63
