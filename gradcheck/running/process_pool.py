"""A pool of worker processes that check ops side by side.  A crash is a finding of the op that the worker was checking.

Each worker has its own connection, so that it is known which one crashed, how, and on which op, while the others go on;
the pools of the standard library would end them all.  Workers are spawned, never forked: JAX does not survive a fork.
"""

import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import Pipe, get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from time import monotonic

from gradcheck.declaration.inputs import Several
from gradcheck.declaration.op import Op
from gradcheck.formatting import pluralise
from gradcheck.records.results import OpResult
from gradcheck.running.crashed_op import make_crash_result
from gradcheck.running.located_op import LocatedOp
from gradcheck.running.plan import Plan
from gradcheck.running.progress import ProgressCallback
from gradcheck.running.worker import INTERRUPT_PERIOD, WorkerReply, run_worker

GRACE_SECONDS = 3.0
"""Seconds that a worker has to reply to Ctrl-C, and to exit when there is no more work; then it is killed."""

STDERR_HINT = "Where it was then stands on stderr."
EXIT_CODE_HINTS = {-9: "The system kills what takes too much memory."}


def check_in_pool(
    jobs: int, plan: Plan, found: Sequence[LocatedOp], step: ProgressCallback
) -> tuple[dict[str, OpResult], bool]:
    """Check ops in so many processes.

    Returns the results by name, and whether Ctrl-C ended the run.  An op has no result where no worker began it, or
    none could import it again.
    """
    pool = ProcessPool(plan, found, step)
    with redirect_sigint() as interrupts:
        try:
            for _ in range(jobs):
                pool.start_worker()
            while pool.busy_workers and not pool.interrupted:
                pool.wait_for_event(interrupts)
            if pool.interrupted:
                pool.interrupt_workers(interrupts)
        finally:
            pool.shut_down()
    return pool.results, pool.interrupted


@dataclass(eq=False)
class WorkerHandle:
    """A worker process, our end of its connection, the op that it checks, and how many cases of it are done, None
    before the check begins."""

    process: SpawnProcess
    connection: Connection
    located: LocatedOp | None = None
    cases_done: int | None = None

    def receive_message(self) -> int | WorkerReply | None:
        """Receive its next message: the number of cases done, or the reply; None where the process has ended."""
        try:
            return self.connection.recv() if self.connection.poll() else None
        except (EOFError, OSError):
            return None


class ProcessPool:
    """The workers, the ops that wait for one, and the results.  The ops that look like most work go first."""

    def __init__(self, plan: Plan, found: Sequence[LocatedOp], step: ProgressCallback) -> None:
        self.plan, self.step = plan, step
        self.waiting_ops = deque(sorted(found, key=lambda located: count_axes(located.op), reverse=True))
        self.workers: list[WorkerHandle] = []
        self.results: dict[str, OpResult] = {}
        self.interrupted = False

    @property
    def busy_workers(self) -> list[WorkerHandle]:
        """The workers that have an op to check."""
        return [worker for worker in self.workers if worker.located]

    def start_worker(self) -> None:
        """Start one more worker, and assign it an op."""
        ours, theirs = Pipe()
        process = get_context("spawn").Process(target=run_worker, args=(theirs, self.plan))
        with block_sigint():
            process.start()
        theirs.close()
        self.workers.append(WorkerHandle(process, ours))
        self.assign_next_op(self.workers[-1])

    def assign_next_op(self, worker: WorkerHandle) -> None:
        """Send a worker the next op, if there is one."""
        has_work = self.waiting_ops and not self.interrupted
        worker.located = self.waiting_ops.popleft() if has_work else None
        worker.cases_done = None
        if worker.located:
            with suppress(OSError):  # it has crashed, which is the next event
                worker.connection.send((worker.located.target, worker.located.op.name))

    def wait_for_event(self, interrupts: Connection, seconds: float | None = None) -> None:
        """Wait until a worker sends a message or ends, or Ctrl-C is pressed, and act on it; for `seconds` at most."""
        sources = {
            source: worker for worker in self.busy_workers for source in (worker.connection, worker.process.sentinel)
        }
        ready = wait([interrupts, *sources], seconds)
        if interrupts in ready:
            interrupts.recv_bytes()
            self.interrupted = True
        for worker in dict.fromkeys(sources[source] for source in ready if source in sources):
            self.handle_message(worker)

    def handle_message(self, worker: WorkerHandle) -> None:
        """Act on the message of a worker, or on its end."""
        assert worker.located is not None
        message = worker.receive_message()
        if message is None:
            self.record_crash(worker, worker.located)
        elif isinstance(message, int):
            worker.cases_done = message
            self.step(worker.located.op.name, message)
        else:
            self.interrupted |= message.interrupted
            if message.result:
                self.record_result(message.result)
            self.assign_next_op(worker)

    def record_result(self, result: OpResult) -> None:
        """Record the result of an op, and that the op is done."""
        self.results[result.op] = result
        self.step(result.op, None)

    def record_crash(self, worker: WorkerHandle, located: LocatedOp) -> None:
        """Record the crash of a worker as a finding of its op, if it had begun to check it, and start another."""
        self.workers.remove(worker)
        join_or_kill(worker)
        if worker.cases_done is None or self.interrupted:
            return
        code = worker.process.exitcode or 0
        how = f"({describe_exit_code(code)}) after {pluralise(worker.cases_done, 'case')}"
        hint = EXIT_CODE_HINTS.get(code, STDERR_HINT if code < 0 else "")
        self.record_result(make_crash_result(self.plan.laws, located, how, hint))
        if self.waiting_ops:
            self.start_worker()

    def interrupt_workers(self, interrupts: Connection) -> None:
        """Send Ctrl-C to the busy workers again and again until each has replied, for GRACE_SECONDS at most."""
        until = monotonic() + GRACE_SECONDS
        while self.busy_workers and monotonic() < until:
            for worker in self.busy_workers:
                if worker.process.pid and worker.process.is_alive():
                    os.kill(worker.process.pid, signal.SIGINT)
            self.wait_for_event(interrupts, INTERRUPT_PERIOD)

    def shut_down(self) -> None:
        """End all workers: kill the busy ones, and close the connections of the others, which makes them exit."""
        for worker in self.busy_workers:
            worker.process.kill()
        for worker in self.workers:
            worker.connection.close()
        for worker in self.workers:
            join_or_kill(worker)


def join_or_kill(worker: WorkerHandle) -> None:
    """Wait until a worker has exited, and kill it after GRACE_SECONDS."""
    worker.process.join(GRACE_SECONDS)
    worker.process.kill()
    worker.process.join()


def count_axes(op: Op) -> int:
    """Count the axes of all inputs, a guess at how much work an op is."""
    return sum(len(a.array.axes) * a.most if isinstance(a, Several) else len(a.axes) for a in op.inputs.values())


def describe_exit_code(code: int) -> str:
    """Describe an exit code, with the name of the signal where it was one."""
    names = {-number: f", {number.name}" for number in signal.Signals}
    return f"exit code {code}{names.get(code, '')}"


@contextmanager
def block_sigint() -> Iterator[None]:
    """Hold Ctrl-C back meanwhile, also from a process that is started within, until that unblocks it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which unblocks SIGINT when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def redirect_sigint() -> Iterator[Connection]:
    """Give a connection on which each Ctrl-C arrives, in place of a KeyboardInterrupt between any two lines."""
    receiving, sending = Pipe(duplex=False)
    before = signal.signal(signal.SIGINT, lambda signum, frame: sending.send_bytes(b""))
    try:
        yield receiving
    finally:
        signal.signal(signal.SIGINT, before)
