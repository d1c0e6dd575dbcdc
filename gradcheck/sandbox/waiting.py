"""Waiting for a worker until a deadline, while what it prints is taken from the pipes."""

import os
import select
import time
from dataclasses import dataclass, field

PIECE = 1 << 16


class DeadlinePassed(TimeoutError):
    """The time of a call is over."""


class OutputFlood(Exception):
    """A worker printed more than anybody reads."""


@dataclass
class PrintedText:
    """One pipe, read as it fills: the first `most` bytes are kept, the rest is counted."""

    descriptor: int
    most: int
    kept: bytearray = field(default_factory=bytearray)
    count: int = 0
    open: bool = True

    def drain(self) -> bool:
        """Take what is there, at most one piece.  Whether there may be more."""
        try:
            piece = os.read(self.descriptor, PIECE)
        except BlockingIOError:
            return False
        self.open = bool(piece)
        self.count += len(piece)
        self.kept += piece[: self.most - len(self.kept)]
        return self.open


class WorkerWatch:
    """Waits for one worker's channel.  flood: bytes that may be printed within one list of calls, for which `begin` is
    called.  until: when it is over, by `time.monotonic`."""

    def __init__(self, out: int, err: int, most: int, flood: int) -> None:
        self.printed = (PrintedText(out, most), PrintedText(err, most))
        self.flood = flood
        self.until = 0.0
        self.before = 0

    def begin(self, until: float) -> None:
        """Begin a list of calls; what was printed until now is no part of it."""
        self.until, self.before = until, self.count_printed()

    def count_printed(self) -> int:
        """Return how many bytes were printed."""
        return sum(text.count for text in self.printed)

    def wait(self, descriptor: int, writing: bool) -> None:
        """Return when the descriptor is ready.  DeadlinePassed, OutputFlood."""
        poll = select.poll()
        poll.register(descriptor, select.POLLOUT if writing else select.POLLIN)
        for text in self.printed:
            if text.open:
                poll.register(text.descriptor, select.POLLIN)
        while True:
            left = self.until - time.monotonic()
            if left <= 0:
                raise DeadlinePassed
            ready = {number for number, _ in poll.poll(left * 1000)}
            self.drain(ready, poll)
            if descriptor in ready:
                return

    def drain(self, ready: set[int], poll: "select.poll") -> None:
        """Take one piece from each pipe that is ready."""
        for text in self.printed:
            if text.descriptor in ready:
                text.drain()
                if not text.open:
                    poll.unregister(text.descriptor)
        if self.count_printed() - self.before > self.flood:
            raise OutputFlood

    def take_rest(self) -> None:
        """Take what is in the pipes already, and wait for nothing."""
        for text in self.printed:
            for _ in range(16):
                if not (text.open and text.drain()):
                    break
