"""A worker: a process that runs the tasks it is sent, one after the other, and sends back their answers.

What it sends is JSON, in which a key names the kind of message: "phase", "finding" or "answer".  How many cases are
done stands in memory that it shares: a message for each case would wake the other process as often.
"""

import faulthandler
import json
import math
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any

from gradcheck.extensions import ExtensionError
from gradcheck.running.time_limit import OpTimeout, Phase, is_in_jax

if TYPE_CHECKING:
    from ctypes import c_long

    from gradcheck.running.tasks import Answer, Task

end_process = os._exit
"""Ends this process also while code under test may not."""

INTERRUPT_PERIOD = 0.2
"""Seconds between one Ctrl-C and the next that the supervisor sends."""


class InterruptHandler:
    """Ctrl-C in a worker: it stops the task in hand, and nothing else.

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


class WorkerChannel:
    """The way from a task to the supervisor."""

    def __init__(self, connection: Connection, cases: "c_long", interrupts: InterruptHandler) -> None:
        self.connection, self.cases, self.interrupts = connection, cases, interrupts

    def begin_phase(self, phase: Phase) -> None:
        """Tell the supervisor that a part of the task begins."""
        self.send({"phase": phase.name})

    def report_cases(self, done: int) -> None:
        """Tell the supervisor how many cases are done."""
        self.cases.value = done

    def report_finding(self, claim: str) -> None:
        """Tell the supervisor the first finding."""
        self.send({"finding": claim})

    def accept_interrupts(self) -> AbstractContextManager[None]:
        """Let Ctrl-C stop the code within."""
        return self.interrupts.accept_interrupts()

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message as JSON.  Raises OSError where nobody listens."""
        self.connection.send_bytes(json.dumps(message).encode())


def run_worker(connection: Connection, cases: "c_long") -> None:
    """Run each task that comes on the connection, until that is closed, which means no more work.  cases: where it
    writes how many cases of the task are done."""
    faulthandler.enable(all_threads=False)
    interrupts = InterruptHandler()
    signal.signal(signal.SIGINT, interrupts.handle_signal)
    sys.unraisablehook = handle_unraisable
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM})
    Thread(target=exit_with_parent, daemon=True).start()
    from gradcheck.evaluation.process_state import redirect_prints  # the supervisor needs nothing of it

    channel = WorkerChannel(connection, cases, interrupts)
    with redirect_prints(), suppress(EOFError, OSError):
        while True:
            channel.send({"answer": run_task(connection.recv(), channel)})


def run_task(task: "Task", channel: WorkerChannel) -> "Answer":
    """Run a task.  Where it was stopped before it had an answer, or failed for a fault of gradcheck, that is the
    answer."""
    try:
        return task.run(channel)
    except OpTimeout as stop:
        return {"stopped": str(stop)}
    except KeyboardInterrupt:
        return {"interrupted": True}
    except ExtensionError as error:
        return {"extension_error": str(error)}
    except Exception as error:
        return {"internal_error": describe_internal_error(error)}


def describe_internal_error(error: Exception) -> str:
    """Describe an exception that no code under test raised, with the place of it."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"


def handle_unraisable(lost: "sys.UnraisableHookArgs") -> None:
    """Ignore a stop that was raised within a callback that cannot raise: it comes again.  Show anything else."""
    if not issubclass(lost.exc_type, (KeyboardInterrupt, OpTimeout)):
        sys.__unraisablehook__(lost)


def exit_with_parent() -> None:
    """Wait until the parent process has ended, even if it was killed, and exit then."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    end_process(1)
