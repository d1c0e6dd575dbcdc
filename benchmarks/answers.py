"""What a tool says of an op: its outcome, in words and seconds; and how a peer is asked, within a time limit."""

import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum

from gradcheck.declaration.op import Op
from gradcheck.records.case import Case
from peers import SAYS_SO, Peer
from problem import Problem

LIMIT = 20.0
"""Seconds that a peer has for one op, on the inputs of its users and again on ours."""


class Outcome(StrEnum):
    """What a tool may say: the gradient is wrong, it is right, or one cannot tell; an exception, and no answer in time,
    are none of these."""

    ACCUSED = "accused"
    PASSED = "passed"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    TIMEOUT = "timeout"


@dataclass(frozen=True)
class Said:
    """An outcome, its reason where one is given, and the seconds that it took."""

    outcome: Outcome
    words: str = ""
    seconds: float = 0.0


def timed(said: Said, began: float) -> Said:
    """The same with the seconds since then."""
    return replace(said, seconds=time.perf_counter() - began)


def asked(peer: Peer, op: Op, points: Sequence[Case]) -> Said:
    """What one peer says at these points: an accusation at any of them counts."""
    began, words = time.perf_counter(), ""
    try:
        with within(LIMIT):
            for case in points:
                try:
                    if peer.accuses(Problem(op, case)):
                        return timed(Said(Outcome.ACCUSED), began)
                except Exception as error:  # whatever the fault brings about
                    if SAYS_SO.search(str(error)):
                        return timed(Said(Outcome.ACCUSED, described(error)), began)
                    words = words or described(error)
    except TimeUp:
        return timed(Said(Outcome.TIMEOUT), began)
    return timed(Said(Outcome.ERROR, words) if words else Said(Outcome.PASSED), began)


def described(error: Exception) -> str:
    """An exception in one short line."""
    first = next(iter(str(error).strip().splitlines()), "")
    return f"{type(error).__name__}: {first[:160]}"


class TimeUp(BaseException):
    """The time for one peer is over.  Not an Exception, so that no peer takes it for the op's."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise TimeUp where it takes longer, as far as the system can."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(signum: int, frame: object) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
