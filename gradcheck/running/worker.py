"""A worker: a process that examines the ops it is told, one after the other, and says what it found."""

import faulthandler
import math
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout, suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from threading import Thread
from time import monotonic
from types import FrameType

from gradcheck.discovery import targets
from gradcheck.discovery.library import load_library_ops
from gradcheck.records.results import OpResult
from gradcheck.running.one_op import LocatedOp, OpTimeout, Plan, check_one_op, is_in_jax

INTERRUPT_PERIOD = 0.2
"""Seconds between one Ctrl-C and the next."""


@dataclass(frozen=True)
class WorkerReply:
    """An op's result, None where this process cannot examine it, and whether Ctrl-C stopped it."""

    result: OpResult | None
    interrupted: bool = False


class InterruptHandler:
    """Ctrl-C in a worker: it stops the op in hand and never comes between two lines of ours.

    It may be rung again, in case it was caught; what rings within a PAUSE is one.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock, self.is_accepting, self.last = clock, False, -math.inf

    def handle_signal(self, signum: int, frame: FrameType | None) -> None:
        """The handler of the signal."""
        now = self.clock()
        if self.is_accepting and now - self.last > INTERRUPT_PERIOD / 2 and not is_in_jax(frame):
            self.last = now
            raise KeyboardInterrupt

    @contextmanager
    def accept_interrupts(self) -> Iterator[None]:
        """Let Ctrl-C stop what happens meanwhile."""
        self.is_accepting = True
        try:
            yield
        finally:
            self.is_accepting = False


def run_worker(line: Connection, plan: Plan) -> None:
    """Answer each (target, name) that comes on the line, with the number of cases done so far before that."""
    faulthandler.enable(all_threads=False)
    bell = InterruptHandler()
    signal.signal(signal.SIGINT, bell.handle_signal)
    sys.unraisablehook = handle_unraisable
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    Thread(target=exit_with_parent, daemon=True).start()
    with redirect_stdout(sys.stderr), suppress(EOFError, OSError):  # the line is closed: there is nothing more to do
        while True:
            target, name = line.recv()
            send_reply(line, check_requested_op(line, plan, target, name, bell))


def handle_unraisable(lost: "sys.UnraisableHookArgs") -> None:
    """A stop that is raised in somebody's callback is lost there, which is nothing to tell: it comes again."""
    if not issubclass(lost.exc_type, (KeyboardInterrupt, OpTimeout)):
        sys.__unraisablehook__(lost)


def exit_with_parent() -> None:
    """Leave no orphan where the parent is killed."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def check_requested_op(line: Connection, plan: Plan, target: str, name: str, bell: InterruptHandler) -> WorkerReply:
    """What there is to say of one op.  Whatever goes wrong here is left to the parent, which can tell what it is."""
    try:
        return WorkerReply(
            *check_one_op(
                plan, locate_ops_of_target(target)[name], lambda op, done: line.send(done), bell.accept_interrupts
            )
        )
    except Exception:
        return WorkerReply(None)


@cache
def locate_ops_of_target(target: str) -> dict[str, LocatedOp]:
    """The ops of a target by name, "" for the library; what is not checked there has been told by the parent."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", targets.UncheckedWarning)
        found, home = targets.find_ops_with_context(target) if target else (load_library_ops(), nullcontext)
    return {op.name: LocatedOp(op, target, home) for op in found}


def send_reply(line: Connection, said: WorkerReply) -> None:
    """Send an answer; one that cannot be pickled, because a setting is an object of the user's, is none."""
    try:
        line.send(said)
    except OSError:
        raise
    except Exception:
        line.send(WorkerReply(None))
