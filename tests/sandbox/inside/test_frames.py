"""Frames: what is written is read, nothing too long is taken, and waiting can be given up."""

import os
import socket
import threading

import numpy as np
import pytest

from gradcheck.sandbox.inside.frames import (
    HEAD,
    MAGIC,
    ChannelClosed,
    FrameCaps,
    drop_written,
    pack_frame,
    read_exactly,
    read_frame,
    wait_forever,
    write_frame,
)
from gradcheck.sandbox.inside.values import ProtocolViolation, UnsendableValue

CAPS = FrameCaps(header=1 << 16, payload=1 << 24)


class GivenUp(Exception):
    pass


def give_up(descriptor, writing):
    raise GivenUp(writing)


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    with one, other:
        one.setblocking(False)
        other.setblocking(False)
        yield one, other


def test_a_frame_larger_than_any_buffer_arrives(ends):
    one, other = ends
    value = {"many": [np.full(7, i, np.int16) for i in range(500)], "large": np.arange(1 << 20, dtype=np.float64)}
    writer = threading.Thread(target=write_frame, args=(one.fileno(), value, CAPS, wait_forever))
    writer.start()
    got = read_frame(other.fileno(), CAPS, wait_forever)
    writer.join()
    assert np.array_equal(got["large"], value["large"])
    assert all(np.array_equal(a, b) for a, b in zip(got["many"], value["many"], strict=True))


def test_writing_to_one_who_does_not_read_can_be_given_up(ends):
    with pytest.raises(GivenUp, match="True"):
        write_frame(ends[0].fileno(), np.zeros(1 << 20), CAPS, give_up)


def test_reading_half_a_frame_can_be_given_up(ends):
    ends[0].send(b"".join(map(bytes, pack_frame(1.0, CAPS)))[:-1])
    with pytest.raises(GivenUp, match="False"):
        read_frame(ends[1].fileno(), CAPS, give_up)


@pytest.mark.parametrize("sent", [b"", b"gcf1"])
def test_the_end_of_the_channel_is_told(ends, sent):
    ends[0].send(sent)
    ends[0].close()
    with pytest.raises(ChannelClosed):
        read_frame(ends[1].fileno(), CAPS, wait_forever)
    with pytest.raises(ChannelClosed):
        write_frame(ends[1].fileno(), np.zeros(1 << 20), CAPS, wait_forever)


@pytest.mark.parametrize(
    "head",
    [HEAD.pack(b"nope", 1, 0), HEAD.pack(MAGIC, 1 << 17, 0), HEAD.pack(MAGIC, 1, 1 << 60)],
    ids=["magic", "header", "payload"],
)
def test_a_head_that_is_wrong_is_refused_before_the_rest_is_read(ends, head):
    ends[0].send(head)
    with pytest.raises(ProtocolViolation):
        read_frame(ends[1].fileno(), CAPS, give_up)


def test_a_value_that_does_not_fit_is_refused_before_anything_is_written(ends):
    for value in (np.zeros(1 << 22), list(range(1 << 16))):
        with pytest.raises(UnsendableValue):
            write_frame(ends[0].fileno(), value, CAPS, give_up)
    with pytest.raises(GivenUp):
        read_exactly(ends[1].fileno(), 1, give_up)


@pytest.mark.parametrize("written", range(7))
def test_what_was_written_is_dropped(written):
    waiting = [memoryview(b"ab"), memoryview(b"c"), memoryview(b"def")]
    drop_written(waiting, written)
    assert b"".join(waiting) == b"abcdef"[written:]
    assert all(map(len, waiting))


def test_a_frame_is_read_from_a_pipe_too():
    read, write = os.pipe()
    os.set_blocking(read, False)
    write_frame(write, ("x", 1), CAPS, wait_forever)
    assert read_frame(read, CAPS, wait_forever) == ("x", 1)
    os.close(read)
    os.close(write)
