"""The supervisor: runs tasks in worker processes, so that no code under test can end, hang or deceive this process.

Each worker has its own connection, so that it is known which one ended, how, and on which task, while the others go on;
the pools of the standard library would end them all.  Workers are spawned, never forked: JAX does not survive a fork.
"""

import json
import os
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe, get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from threading import current_thread, main_thread
from time import monotonic
from typing import TYPE_CHECKING, Any

from gradcheck.formatting import pluralise
from gradcheck.running.first_finding import ClaimCallback
from gradcheck.running.time_limit import Phase, describe_stop
from gradcheck.running.worker import INTERRUPT_PERIOD, run_worker

if TYPE_CHECKING:
    from ctypes import c_long

    from gradcheck.running.tasks import Task

GRACE_SECONDS = 3.0
"""Seconds that a worker has to answer after its time is over or Ctrl-C is pressed; then it is killed."""

STDERR_HINT = "Where it was then stands on stderr."
NO_CASES = -1
"""The number of cases of a task whose check has not begun."""
PROGRESS_PERIOD = 0.1
"""Seconds between two looks at how many cases are done."""

THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""The variables by which libraries for matrices are told how many threads to use."""

EXIT_CODE_HINTS = {-9: "The system kills what takes too much memory."}

CasesCallback = Callable[["Task", int], None]
"""Called with a task and how many of its cases are done."""
EndCallback = Callable[["Task"], None]
"""Called with a task that has its end."""


@dataclass(frozen=True)
class Crash:
    """The end of a process before it answered: how it ended, and what may help."""

    how: str
    hint: str = ""


@dataclass(frozen=True)
class Stop:
    """The end of a task whose time was over; the process did not let itself be stopped, and was killed."""

    reason: str


TaskEnd = Mapping[str, Any] | Crash | Stop
"""An answer, or how the task ended without any."""


@dataclass(eq=False)
class WorkerHandle:
    """A worker process, our end of its connection, and the task that it runs.

    cases: how many cases of the task in hand are done, in memory that it shares.  cases_told: as last reported.
    tasks_done: how many tasks it has answered.  began: when it was given the task.  phase: what it does now, since
    `phase_began`.
    """

    process: SpawnProcess
    connection: Connection
    cases: "c_long"
    task: "Task | None" = None
    tasks_done: int = 0
    cases_told: int | None = None
    began: float = 0.0
    phase: Phase = Phase.IMPORT
    phase_began: float = 0.0

    def assign(self, task: "Task") -> None:
        """Send it a task."""
        self.task, self.phase = task, Phase.IMPORT
        self.cases.value, self.cases_told = NO_CASES, None
        self.began = self.phase_began = monotonic()
        with suppress(OSError):  # it has crashed, which is the next event
            self.connection.send(task)

    @property
    def cases_done(self) -> int | None:
        """How many cases of the task in hand are done, None before its check begins."""
        return None if self.cases.value == NO_CASES else self.cases.value

    def receive_message(self) -> Mapping[str, Any] | None:
        """Receive its next message; None where the process has ended, or sends what is none."""
        try:
            message = json.loads(self.connection.recv_bytes()) if self.connection.poll() else None
        except (EOFError, OSError, ValueError):
            return None
        return message if isinstance(message, dict) else None

    @property
    def deadline(self) -> float:
        """When it is killed if it has not answered."""
        assert self.task is not None
        if self.task.timeout is None:
            return self.phase_began + self.phase.default_seconds + GRACE_SECONDS
        return self.began + self.task.timeout + GRACE_SECONDS

    def describe_stop(self) -> str:
        """Say what its time was, and what it did then."""
        assert self.task is not None
        return describe_stop(self.task.timeout or self.phase.default_seconds, self.phase)


@dataclass
class Supervisor:
    """Worker processes, which stay for the next tasks until `shut_down`.

    jobs: how many there are at most.  report_finding: called with the first finding of an op as soon as it is there.
    retries_fresh: whether a task is tried once more that was the first of a worker which ended, because no code under
    test runs in it.
    """

    jobs: int
    workers: list[WorkerHandle] = field(default_factory=list)
    waiting: "deque[Task]" = field(default_factory=deque)
    ends: "dict[Task, TaskEnd]" = field(default_factory=dict)
    tried_again: "set[Task]" = field(default_factory=set)
    interrupted: bool = False
    report_cases: CasesCallback = lambda task, done: None
    report_end: EndCallback = lambda task: None
    report_finding: ClaimCallback = lambda claim: None
    retries_fresh: bool = False

    def run_tasks(
        self,
        tasks: "Sequence[Task]",
        report_cases: CasesCallback = lambda task, done: None,
        report_end: EndCallback = lambda task: None,
    ) -> "tuple[dict[Task, TaskEnd], bool]":
        """Run tasks, in this order as workers are free.

        Returns the end of each, and whether Ctrl-C or SIGTERM ended the run; then some may have none.
        """
        self.waiting, self.ends, self.interrupted = deque(tasks), {}, False
        self.report_cases, self.report_end = report_cases, report_end
        with redirect_interrupts() as interrupts:
            self.occupy_workers()
            while self.busy_workers and not self.interrupted:
                self.wait_for_event(interrupts)
            if self.interrupted:
                self.interrupt_workers(interrupts)
        return self.ends, self.interrupted

    @property
    def busy_workers(self) -> list[WorkerHandle]:
        """The workers that have a task."""
        return [worker for worker in self.workers if worker.task]

    def occupy_workers(self) -> None:
        """Give each waiting task a worker, as long as there may be more."""
        self.workers = [worker for worker in self.workers if worker.task or worker.process.is_alive()]
        idle = [worker for worker in self.workers if not worker.task]
        while self.waiting and not self.interrupted and (idle or len(self.workers) < self.jobs):
            worker = idle.pop() if idle else self.start_worker()
            worker.assign(self.waiting.popleft())

    def start_worker(self) -> WorkerHandle:
        """Start one more worker."""
        ours, theirs = Pipe()
        context = get_context("spawn")
        cases = context.RawValue("l", NO_CASES)
        process = context.Process(target=run_worker, args=(theirs, cases))
        with block_sigint(), hide_main_module(), multiply_on_one_thread():
            process.start()
        theirs.close()
        self.workers.append(WorkerHandle(process, ours, cases))
        return self.workers[-1]

    def wait_for_event(self, interrupts: Connection, most: float = PROGRESS_PERIOD) -> None:
        """Wait until a worker sends a message, ends or has used up its time, or Ctrl-C is pressed, and act on it; for
        `most` seconds at most.  Report how many cases are done."""
        busy = self.busy_workers
        sources = {source: worker for worker in busy for source in (worker.connection, worker.process.sentinel)}
        until = min(worker.deadline for worker in busy) - monotonic()
        ready = wait([interrupts, *sources], max(0.0, min(until, most)))
        self.report_progress()
        if interrupts in ready:
            interrupts.recv_bytes()
            self.interrupted = True
        for worker in dict.fromkeys(sources[source] for source in ready if source in sources):
            self.handle_message(worker)
        for worker in self.busy_workers:
            if monotonic() > worker.deadline and not worker.connection.poll():
                self.end_task(worker, Stop(worker.describe_stop()))
                self.remove_worker(worker)
        self.occupy_workers()

    def report_progress(self) -> None:
        """Report the number of cases of each task in hand that has changed."""
        for worker in self.busy_workers:
            done = worker.cases_done
            if worker.task and done is not None and done != worker.cases_told:
                worker.cases_told = done
                self.report_cases(worker.task, done)

    def handle_message(self, worker: WorkerHandle) -> None:
        """Act on the message of a worker, or on its end."""
        message = worker.receive_message()
        if message is None:
            self.handle_crash(worker)
        elif "phase" in message:
            worker.phase, worker.phase_began = Phase[message["phase"]], monotonic()
        elif "finding" in message:
            self.report_finding(str(message["finding"]))
        else:
            answer = message["answer"]
            self.interrupted |= bool(answer.get("interrupted"))
            self.end_task(worker, answer)

    def end_task(self, worker: WorkerHandle, end: TaskEnd) -> None:
        """Record the end of the task of a worker, which is free then."""
        assert worker.task is not None
        self.ends[worker.task] = end
        self.report_end(worker.task)
        worker.task, worker.tasks_done = None, worker.tasks_done + 1

    def handle_crash(self, worker: WorkerHandle) -> None:
        """Record that the process of a worker ended.  A task whose worker had run others before is tried once more in
        a new one: they may have left behind what ended it; with `retries_fresh` every task is."""
        task = worker.task
        self.remove_worker(worker)
        if task is None or self.interrupted:
            return
        if (worker.tasks_done or self.retries_fresh) and task not in self.tried_again:
            self.tried_again.add(task)
            self.waiting.appendleft(task)
            return
        code = worker.process.exitcode or 0
        when = f"after {pluralise(worker.cases_done, 'case')}" if worker.cases_done is not None else worker.phase.when
        hint = EXIT_CODE_HINTS.get(code, STDERR_HINT if code < 0 else "")
        self.end_task(worker, Crash(f"({describe_exit_code(code)}) {when}".rstrip(), hint))

    def remove_worker(self, worker: WorkerHandle) -> None:
        """End a worker, and forget it."""
        self.workers.remove(worker)
        if worker.process.is_alive() and worker.task is None:
            worker.process.kill()
        join_or_kill(worker)
        worker.connection.close()

    def interrupt_workers(self, interrupts: Connection) -> None:
        """Send Ctrl-C to the busy workers again and again until each has answered, for GRACE_SECONDS at most, and kill
        those that have not."""
        until = monotonic() + GRACE_SECONDS
        while self.busy_workers and monotonic() < until:
            for worker in self.busy_workers:
                if worker.process.pid and worker.process.is_alive():
                    os.kill(worker.process.pid, signal.SIGINT)
            self.wait_for_event(interrupts, INTERRUPT_PERIOD)
        for worker in self.busy_workers:
            worker.process.kill()
            self.remove_worker(worker)

    def shut_down(self) -> None:
        """End all workers.  They are killed, also those without a task: nothing of them is needed any more, and what
        code under test left running there may take its time to end."""
        for worker in self.workers:
            worker.process.kill()
        for worker in self.workers:
            worker.process.join()
            worker.connection.close()
        self.workers.clear()


@contextmanager
def open_supervisor(jobs: int | None, *, retries_fresh: bool = False) -> Iterator[Supervisor]:
    """Open a supervisor, whose first worker starts at once, and end its workers afterwards.  jobs: the number of
    workers at most, None for one per core.  retries_fresh: as of Supervisor."""
    supervisor = Supervisor(jobs or count_cores(), retries_fresh=retries_fresh)
    try:
        supervisor.start_worker()
        yield supervisor
    finally:
        supervisor.shut_down()


def count_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def join_or_kill(worker: WorkerHandle) -> None:
    """Wait until a worker has exited, and kill it after GRACE_SECONDS."""
    worker.process.join(GRACE_SECONDS)
    worker.process.kill()
    worker.process.join()


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
def multiply_on_one_thread() -> Iterator[None]:
    """Let processes that start meanwhile multiply matrices on one thread, unless the user has said on how many: threads
    of several processes wait for each other, and last digits depend on their number."""
    ours = {name: "1" for name in THREAD_VARIABLES if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)


@contextmanager
def hide_main_module() -> Iterator[None]:
    """Hide where the main module is from, which a spawned process would run again: a worker needs nothing of it, and a
    script of the user's would start over."""
    main: Any = sys.modules["__main__"]
    kept = {name: vars(main)[name] for name in ("__file__", "__spec__") if name in vars(main)}
    try:
        main.__spec__ = None
        vars(main).pop("__file__", None)
        yield
    finally:
        vars(main).update(kept)


@contextmanager
def redirect_interrupts() -> Iterator[Connection]:
    """Give a connection on which each Ctrl-C and SIGTERM arrives, in place of a KeyboardInterrupt or an end between any
    two lines; outside the main thread, which alone handles signals, none arrives."""
    receiving, sending = Pipe(duplex=False)
    if current_thread() is not main_thread():
        yield receiving
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda signum, frame: sending.send_bytes(b"")) for number in numbers}
    try:
        yield receiving
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
