"""Frames over a file descriptor: a head with two lengths, a header of JSON, the bytes of arrays.

Both ends read and write without blocking; `wait` is called where the descriptor is not ready, and may raise to give up.
"""

import os
import select
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gradcheck.sandbox.inside.value_decoding import decode_value
from gradcheck.sandbox.inside.value_encoding import encode_value
from gradcheck.sandbox.inside.values import ProtocolViolation, UnsendableValue

HEAD = struct.Struct("<4sIQ")
"""Magic, bytes of the header, bytes of the arrays."""
MAGIC = b"gcf1"
PARTS_PER_WRITE = 64
"""Buffers that one call writes, fewer than the least IOV_MAX, 1024 on Linux."""

Wait = Callable[[int, bool], None]
"""Waits until a descriptor can be read, or written where the second argument is true."""


class ChannelClosed(EOFError):
    """The other side has closed the channel, or ended."""


@dataclass(frozen=True)
class FrameCaps:
    """The most that one frame holds: bytes of its header, and of its arrays."""

    header: int = 1 << 20
    payload: int = 64 << 20


def wait_forever(descriptor: int, writing: bool) -> None:
    """Wait until a descriptor is ready."""
    poll = select.poll()
    poll.register(descriptor, select.POLLOUT if writing else select.POLLIN)
    poll.poll()


def pack_frame(value: Any, caps: FrameCaps) -> list[Any]:
    """The buffers of one frame, in order.  UnsendableValue where the value does not fit."""
    header, arrays = encode_value(value, caps.payload)
    if len(header) > caps.header:
        raise UnsendableValue(f"a header of {len(header):,} bytes, more than {caps.header:,}")
    return [HEAD.pack(MAGIC, len(header), sum(map(len, arrays))), header, *arrays]


def write_frame(descriptor: int, value: Any, caps: FrameCaps, wait: Wait) -> None:
    """Write one value.  UnsendableValue before anything is written; ChannelClosed; whatever `wait` raises."""
    waiting = [memoryview(part).cast("B") for part in pack_frame(value, caps) if len(part)]
    while waiting:
        try:
            written = os.writev(descriptor, waiting[:PARTS_PER_WRITE])
        except BlockingIOError:
            wait(descriptor, True)
        except (BrokenPipeError, ConnectionResetError):
            raise ChannelClosed from None
        else:
            drop_written(waiting, written)


def drop_written(waiting: list[memoryview], written: int) -> None:
    """Take what was written off the front of what waits to be."""
    done = 0
    while done < len(waiting) and written >= len(waiting[done]):
        written -= len(waiting[done])
        done += 1
    del waiting[:done]
    if written:
        waiting[0] = waiting[0][written:]


def read_frame(descriptor: int, caps: FrameCaps, wait: Wait) -> Any:
    """Read one value.  ProtocolViolation, before memory is taken for what is too long; ChannelClosed; whatever `wait`
    raises."""
    magic, header_length, payload_length = HEAD.unpack(read_exactly(descriptor, HEAD.size, wait))
    if magic != MAGIC:
        raise ProtocolViolation("bytes that are no frame")
    if header_length > caps.header or payload_length > caps.payload:
        raise ProtocolViolation("a frame that is too long")
    header = bytes(read_exactly(descriptor, header_length, wait))
    return decode_value(header, memoryview(read_exactly(descriptor, payload_length, wait)))


def read_exactly(descriptor: int, size: int, wait: Wait) -> bytearray:
    """Read this many bytes.  ChannelClosed where there are fewer."""
    buffer = bytearray(size)
    view = memoryview(buffer)
    done = 0
    while done < size:
        try:
            read = os.readv(descriptor, [view[done:]])
        except BlockingIOError:
            wait(descriptor, False)
        except ConnectionResetError:
            raise ChannelClosed from None
        else:
            if not read:
                raise ChannelClosed
            done += read
    return buffer
