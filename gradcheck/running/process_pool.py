"""A crew: worker processes that examine ops side by side.  One that dies is a finding of the op that it had in hand.

Each has a line of its own, so that it is known who died, how, and of what, while the others work on; a pool would end
them all.  They are spawned, never forked: JAX does not survive a fork.
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

from gradcheck.declaration.op import Op, Several
from gradcheck.formatting import pluralise
from gradcheck.records.results import OpResult
from gradcheck.running.one_op import LocatedOp, Plan, result_of_dead_process
from gradcheck.running.progress import ProgressCallback
from gradcheck.running.worker import INTERRUPT_PERIOD, WorkerReply, run_worker

GRACE_SECONDS = 3.0
"""Seconds that a worker has to answer a Ctrl-C, and to leave when there is no more work; then it is killed."""

STDERR_HINT = "Where it was then stands on stderr."
EXIT_CODE_HINTS = {-9: "The system kills what takes too much memory."}


def check_in_pool(
    jobs: int, plan: Plan, found: Sequence[LocatedOp], step: ProgressCallback
) -> tuple[dict[str, OpResult], bool]:
    """Examine ops in so many processes.  Returns the results by name, and whether Ctrl-C ended it; an op that no worker
    came to, or could find again, has no result."""
    crew = ProcessPool(plan, found, step)
    with redirect_sigint() as rung:
        try:
            for _ in range(jobs):
                crew.start_worker()
            while crew.busy_workers and not crew.interrupted:
                crew.wait_for_event(rung)
            if crew.interrupted:
                crew.stop(rung)
        finally:
            crew.shut_down()
    return crew.results, crew.interrupted


@dataclass(eq=False)
class WorkerHandle:
    """A process, our end of its line, the op in its hands, and how many cases are done: None before it begins."""

    process: SpawnProcess
    line: Connection
    located: LocatedOp | None = None
    cases_done: int | None = None

    def receive_message(self) -> int | WorkerReply | None:
        """Its next message: cases done, or an answer; None where it is dead."""
        try:
            return self.line.recv() if self.line.poll() else None
        except (EOFError, OSError):
            return None


class ProcessPool:
    """The workers, the ops that wait, and what was found.  The ops that look like most work go first."""

    def __init__(self, plan: Plan, found: Sequence[LocatedOp], step: ProgressCallback) -> None:
        self.plan, self.step = plan, step
        self.waiting = deque(sorted(found, key=lambda one: count_axes(one.op), reverse=True))
        self.workers: list[WorkerHandle] = []
        self.results: dict[str, OpResult] = {}
        self.interrupted = False

    @property
    def busy_workers(self) -> list[WorkerHandle]:
        """The workers that have an op in hand."""
        return [worker for worker in self.workers if worker.located]

    def start_worker(self) -> None:
        """One more worker, and an op for it."""
        ours, theirs = Pipe()
        process = get_context("spawn").Process(target=run_worker, args=(theirs, self.plan))
        with block_sigint():
            process.start()
        theirs.close()
        self.workers.append(WorkerHandle(process, ours))
        self.assign_next_op(self.workers[-1])

    def assign_next_op(self, worker: WorkerHandle) -> None:
        """The next op, if there is one."""
        worker.located, worker.cases_done = (
            self.waiting.popleft() if self.waiting and not self.interrupted else None,
            None,
        )
        if worker.located:
            with suppress(OSError):  # it is dead, as we shall hear
                worker.line.send((worker.located.target, worker.located.op.name))

    def wait_for_event(self, rung: Connection, seconds: float | None = None) -> None:
        """Wait until somebody says something, dies or presses Ctrl-C, and act on it."""
        sources = {source: worker for worker in self.busy_workers for source in (worker.line, worker.process.sentinel)}
        ready = wait([rung, *sources], seconds)
        if rung in ready:
            rung.recv_bytes()
            self.interrupted = True
        for worker in dict.fromkeys(sources[source] for source in ready if source in sources):
            self.handle_message(worker)

    def handle_message(self, worker: WorkerHandle) -> None:
        """Take in what a worker says."""
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
                self.settle(message.result)
            self.assign_next_op(worker)

    def settle(self, result: OpResult) -> None:
        """An op is done."""
        self.results[result.op] = result
        self.step(result.op, None)

    def record_crash(self, worker: WorkerHandle, one: LocatedOp) -> None:
        """A worker is dead.  Of its op, if it had begun; another takes its place."""
        self.workers.remove(worker)
        join_or_kill(worker)
        if worker.cases_done is None or self.interrupted:
            return
        code = worker.process.exitcode or 0
        how = f"({describe_exit_code(code)}) after {pluralise(worker.cases_done, 'case')}"
        self.settle(
            result_of_dead_process(self.plan.laws, one, how, EXIT_CODE_HINTS.get(code, STDERR_HINT if code < 0 else ""))
        )
        if self.waiting:
            self.start_worker()

    def stop(self, rung: Connection) -> None:
        """Pass Ctrl-C on until everybody has said what was found so far."""
        until = monotonic() + GRACE_SECONDS
        while self.busy_workers and monotonic() < until:
            for worker in self.busy_workers:
                if worker.process.pid and worker.process.is_alive():
                    os.kill(worker.process.pid, signal.SIGINT)
            self.wait_for_event(rung, INTERRUPT_PERIOD)

    def shut_down(self) -> None:
        """Let everybody go."""
        for worker in self.busy_workers:
            worker.process.kill()
        for worker in self.workers:
            worker.line.close()
        for worker in self.workers:
            join_or_kill(worker)


def join_or_kill(worker: WorkerHandle) -> None:
    """See a worker off; one that does not leave is killed."""
    worker.process.join(GRACE_SECONDS)
    worker.process.kill()
    worker.process.join()


def count_axes(op: Op) -> int:
    """The axes of all inputs, which is how much work an op looks like."""
    return sum(len(a.array.axes) * a.most if isinstance(a, Several) else len(a.axes) for a in op.inputs.values())


def describe_exit_code(code: int) -> str:
    """An exit code, and the name of the signal where it was one."""
    names = {-number: f", {number.name}" for number in signal.Signals}
    return f"exit code {code}{names.get(code, '')}"


@contextmanager
def block_sigint() -> Iterator[None]:
    """Let Ctrl-C wait, also for a process that is started now, until that is ready for one."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # which would let it through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def redirect_sigint() -> Iterator[Connection]:
    """A connection on which each Ctrl-C arrives, instead of between two lines of ours."""
    heard, ring = Pipe(duplex=False)
    before = signal.signal(signal.SIGINT, lambda signum, frame: ring.send_bytes(b""))
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)
