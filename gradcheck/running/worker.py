"""A worker: a process that checks the ops it is sent, one after the other, and sends back their results."""

import faulthandler
import math
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import cache
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from threading import Thread
from time import monotonic
from types import FrameType

from gradcheck.discovery.library import load_library_ops
from gradcheck.discovery.target_errors import UncheckedWarning
from gradcheck.discovery.targets import find_ops_with_context
from gradcheck.evaluation.process_state import redirect_prints
from gradcheck.records.results import OpResult
from gradcheck.running.located_op import LocatedOp
from gradcheck.running.one_op import check_one_op
from gradcheck.running.plan import Plan
from gradcheck.running.time_limit import OpTimeout, is_in_jax

INTERRUPT_PERIOD = 0.2
"""Seconds between one Ctrl-C and the next that the pool sends."""


@dataclass(frozen=True)
class WorkerReply:
    """The result of an op, None where this process cannot check it, and whether Ctrl-C stopped it."""

    result: OpResult | None
    interrupted: bool = False


class InterruptHandler:
    """Ctrl-C in a worker: it stops the op that is checked, and nothing else.

    It raises again when Ctrl-C is sent again, in case the first KeyboardInterrupt was caught; two within half an
    INTERRUPT_PERIOD count as one.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self.clock, self.is_accepting, self.last = clock, False, -math.inf

    def handle_signal(self, signum: int, frame: FrameType | None) -> None:
        """Handle SIGINT.  Raises KeyboardInterrupt while it is accepted and JAX is not at work."""
        now = self.clock()
        if self.is_accepting and now - self.last > INTERRUPT_PERIOD / 2 and not is_in_jax(frame):
            self.last = now
            raise KeyboardInterrupt

    @contextmanager
    def accept_interrupts(self) -> Iterator[None]:
        """Let Ctrl-C stop the code within."""
        self.is_accepting = True
        try:
            yield
        finally:
            self.is_accepting = False


def run_worker(connection: Connection, plan: Plan) -> None:
    """Reply to each (target, name) that comes on the connection, after numbers of cases done so far."""
    faulthandler.enable(all_threads=False)
    interrupts = InterruptHandler()
    signal.signal(signal.SIGINT, interrupts.handle_signal)
    sys.unraisablehook = handle_unraisable
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    Thread(target=exit_with_parent, daemon=True).start()
    with redirect_prints(), suppress(EOFError, OSError):  # a closed connection means no more work
        while True:
            target, name = connection.recv()
            send_reply(connection, check_requested_op(connection, plan, target, name, interrupts))


def handle_unraisable(lost: "sys.UnraisableHookArgs") -> None:
    """Ignore a stop that was raised within a callback that cannot raise: it comes again.  Show anything else."""
    if not issubclass(lost.exc_type, (KeyboardInterrupt, OpTimeout)):
        sys.__unraisablehook__(lost)


def exit_with_parent() -> None:
    """Wait until the parent process has ended, even if it was killed, and exit then."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def check_requested_op(
    connection: Connection, plan: Plan, target: str, name: str, interrupts: InterruptHandler
) -> WorkerReply:
    """Check one op.  The reply is empty where anything goes wrong: then the parent checks the op, and reports it."""
    try:
        located = locate_ops_of_target(target)[name]
        result, interrupted = check_one_op(
            plan, located, lambda op, done: connection.send(done), interrupts.accept_interrupts
        )
        return WorkerReply(result, interrupted)
    except Exception:
        return WorkerReply(None)


@cache
def locate_ops_of_target(target: str) -> dict[str, LocatedOp]:
    """Import the ops of a target, "" for the library, by name.  The parent has warned of what is not checked there."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UncheckedWarning)
        found, make_context = find_ops_with_context(target) if target else (load_library_ops(), nullcontext)
    return {op.name: LocatedOp(op, target, make_context) for op in found}


def send_reply(connection: Connection, reply: WorkerReply) -> None:
    """Send a reply; an empty one in place of one that cannot be pickled because a setting is an object of the
    user's."""
    try:
        connection.send(reply)
    except OSError:
        raise
    except Exception:
        connection.send(WorkerReply(None))
