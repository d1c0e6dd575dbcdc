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
from gradcheck.records.results import OpResult
from gradcheck.report.answer import pluralise
from gradcheck.running.one_op import Found, Plan, died
from gradcheck.running.progress import Step
from gradcheck.running.worker import PAUSE, Answer, work

PATIENCE = 3.0
"""Seconds that a worker has to answer a Ctrl-C, and to leave when there is no more work; then it is killed."""

ON_STDERR = "Where it was then stands on stderr."
HINTS = {-9: "The system kills what takes too much memory."}


def examined_by(jobs: int, plan: Plan, found: Sequence[Found], step: Step) -> tuple[dict[str, OpResult], bool]:
    """Examine ops in so many processes.  Returns the results by name, and whether Ctrl-C ended it; an op that no worker
    came to, or could find again, has no result."""
    crew = Crew(plan, found, step)
    with ctrl_c() as rung:
        try:
            for _ in range(jobs):
                crew.hire()
            while crew.busy and not crew.interrupted:
                crew.listen(rung)
            if crew.interrupted:
                crew.stop(rung)
        finally:
            crew.dismiss()
    return crew.results, crew.interrupted


@dataclass(eq=False)
class Worker:
    """A process, our end of its line, the op in its hands, and how many cases are done: None before it begins."""

    process: SpawnProcess
    line: Connection
    one: Found | None = None
    done: int | None = None

    def said(self) -> int | Answer | None:
        """Its next message: cases done, or an answer; None where it is dead."""
        try:
            return self.line.recv() if self.line.poll() else None
        except (EOFError, OSError):
            return None


class Crew:
    """The workers, the ops that wait, and what was found.  The ops that look like most work go first."""

    def __init__(self, plan: Plan, found: Sequence[Found], step: Step) -> None:
        self.plan, self.step = plan, step
        self.waiting = deque(sorted(found, key=lambda one: axes(one.op), reverse=True))
        self.workers: list[Worker] = []
        self.results: dict[str, OpResult] = {}
        self.interrupted = False

    @property
    def busy(self) -> list[Worker]:
        """The workers that have an op in hand."""
        return [worker for worker in self.workers if worker.one]

    def hire(self) -> None:
        """One more worker, and an op for it."""
        ours, theirs = Pipe()
        process = get_context("spawn").Process(target=work, args=(theirs, self.plan))
        with deaf():
            process.start()
        theirs.close()
        self.workers.append(Worker(process, ours))
        self.give(self.workers[-1])

    def give(self, worker: Worker) -> None:
        """The next op, if there is one."""
        worker.one, worker.done = self.waiting.popleft() if self.waiting and not self.interrupted else None, None
        if worker.one:
            with suppress(OSError):  # it is dead, as we shall hear
                worker.line.send((worker.one.target, worker.one.op.name))

    def listen(self, rung: Connection, seconds: float | None = None) -> None:
        """Wait until somebody says something, dies or presses Ctrl-C, and act on it."""
        sources = {source: worker for worker in self.busy for source in (worker.line, worker.process.sentinel)}
        ready = wait([rung, *sources], seconds)
        if rung in ready:
            rung.recv_bytes()
            self.interrupted = True
        for worker in dict.fromkeys(sources[source] for source in ready if source in sources):
            self.hear(worker)

    def hear(self, worker: Worker) -> None:
        """Take in what a worker says."""
        assert worker.one is not None
        message = worker.said()
        if message is None:
            self.bury(worker, worker.one)
        elif isinstance(message, int):
            worker.done = message
            self.step(worker.one.op.name, message)
        else:
            self.interrupted |= message.interrupted
            if message.result:
                self.settle(message.result)
            self.give(worker)

    def settle(self, result: OpResult) -> None:
        """An op is done."""
        self.results[result.op] = result
        self.step(result.op, None)

    def bury(self, worker: Worker, one: Found) -> None:
        """A worker is dead.  Of its op, if it had begun; another takes its place."""
        self.workers.remove(worker)
        end(worker)
        if worker.done is None or self.interrupted:
            return
        code = worker.process.exitcode or 0
        how = f"({exit_words(code)}) after {pluralise(worker.done, 'case')}"
        self.settle(died(self.plan.laws, one, how, HINTS.get(code, ON_STDERR if code < 0 else "")))
        if self.waiting:
            self.hire()

    def stop(self, rung: Connection) -> None:
        """Pass Ctrl-C on until everybody has said what was found so far."""
        until = monotonic() + PATIENCE
        while self.busy and monotonic() < until:
            for worker in self.busy:
                if worker.process.pid and worker.process.is_alive():
                    os.kill(worker.process.pid, signal.SIGINT)
            self.listen(rung, PAUSE)

    def dismiss(self) -> None:
        """Let everybody go."""
        for worker in self.busy:
            worker.process.kill()
        for worker in self.workers:
            worker.line.close()
        for worker in self.workers:
            end(worker)


def end(worker: Worker) -> None:
    """See a worker off; one that does not leave is killed."""
    worker.process.join(PATIENCE)
    worker.process.kill()
    worker.process.join()


def axes(op: Op) -> int:
    """The axes of all inputs, which is how much work an op looks like."""
    return sum(len(a.array.axes) * a.most if isinstance(a, Several) else len(a.axes) for a in op.inputs.values())


def exit_words(code: int) -> str:
    """An exit code, and the name of the signal where it was one."""
    names = {-number: f", {number.name}" for number in signal.Signals}
    return f"exit code {code}{names.get(code, '')}"


@contextmanager
def deaf() -> Iterator[None]:
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
def ctrl_c() -> Iterator[Connection]:
    """A connection on which each Ctrl-C arrives, instead of between two lines of ours."""
    heard, ring = Pipe(duplex=False)
    before = signal.signal(signal.SIGINT, lambda signum, frame: ring.send_bytes(b""))
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, before)
