"""Waiting takes what is printed, up to a limit, and ends at the deadline."""

import os
import time

import pytest

from gradcheck.sandbox.waiting import DeadlinePassed, OutputFlood, WorkerWatch


@pytest.fixture
def pipes():
    """Three pipes: a channel, and two for output, whose ends to read do not block."""
    made = [os.pipe() for _ in range(3)]
    for read, _ in made:
        os.set_blocking(read, False)
    yield made
    for descriptor in (end for pair in made for end in pair):
        try:
            os.close(descriptor)
        except OSError:
            continue


def make_watch(pipes, most=10, flood=1000):
    watch = WorkerWatch(pipes[1][0], pipes[2][0], most, flood)
    watch.until = time.monotonic() + 60
    return watch


def test_waiting_ends_when_the_channel_is_ready(pipes):
    os.write(pipes[0][1], b"x")
    make_watch(pipes).wait(pipes[0][0], False)
    make_watch(pipes).wait(pipes[0][1], True)
    assert os.read(pipes[0][0], 2) == b"x"


def test_waiting_ends_at_the_deadline(pipes):
    watch = make_watch(pipes)
    watch.until = time.monotonic()
    with pytest.raises(DeadlinePassed):
        watch.wait(pipes[0][0], False)


def test_what_is_printed_is_kept_up_to_a_limit_and_counted(pipes):
    watch = make_watch(pipes)
    os.write(pipes[1][1], b"abcdefghijklmn")
    os.write(pipes[2][1], b"xyz")
    watch.take_rest()
    assert [(bytes(text.kept), text.count) for text in watch.printed] == [(b"abcdefghij", 14), (b"xyz", 3)]


def test_a_flood_ends_waiting(pipes):
    watch = make_watch(pipes)
    os.write(pipes[2][1], bytes(1001))
    with pytest.raises(OutputFlood):
        watch.wait(pipes[0][0], False)


def test_what_was_printed_before_a_call_is_no_flood_of_it(pipes):
    watch = make_watch(pipes)
    for _ in range(3):
        watch.begin(time.monotonic() + 60)
        os.write(pipes[1][1], bytes(600))
        os.write(pipes[0][1], b"x")
        watch.wait(pipes[0][0], False)
        watch.take_rest()
    assert watch.printed[0].count == 1800


def test_output_that_is_closed_is_no_reason_to_wake(pipes):
    watch = make_watch(pipes)
    os.close(pipes[1][1])
    watch.until = time.monotonic() + 0.05
    with pytest.raises(DeadlinePassed):
        watch.wait(pipes[0][0], False)
    assert not watch.printed[0].open
