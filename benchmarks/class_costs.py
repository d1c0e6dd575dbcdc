"""What the functions of a generated class cost when they are audited one after the other in this process."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradcheck.audit.audit_settings import AuditSettings
from gradcheck.audit.auditor import Auditor
from gradcheck.audit.submissions import collect_submissions
from gradcheck.records.audit import FunctionResult, FunctionState
from gradcheck.sandbox.call_outcome import WorkerEnd
from gradcheck.sandbox.limits import Limits
from submissions.making import Made
from submissions.supply import Expected
from submissions.verdicts import is_as_expected

KIBIBYTES_IN_MEBIBYTE = 1024
NEVER_SECONDS = 3600.0
"""For each function by the clock, which others share: what is endless ends by the time of a call."""


@dataclass(frozen=True)
class FunctionCost:
    """A function, what was expected of it and found, and what that took.

    checking: seconds of CPU of the process that checks, in which no code of a submission runs.  worker: those of the
    worker, in which it does.  memory: the most MiB of the worker.
    """

    row: str
    expected: Expected
    state: FunctionState
    is_expected: bool
    told: str
    checking: float = 0.0
    worker: float = 0.0
    memory: float = 0.0


@dataclass(frozen=True)
class SubmissionCost:
    """A submission: its group, seconds by the clock and of CPU, and its functions."""

    student: str
    group: str
    seconds: float
    cpu: float
    functions: tuple[FunctionCost, ...]

    @property
    def service(self) -> float:
        """Seconds for which it keeps a core of its own: of CPU, and of waiting for functions that never end."""
        endless = [f for f in self.functions if f.state is FunctionState.ENDLESS]
        return self.cpu + sum(max(0.0, Limits().call_seconds - f.worker) for f in endless)


@dataclass(frozen=True)
class MeteredSandbox:
    """A sandbox that keeps when its workers started, in seconds of CPU of this process, and how they ended."""

    sandbox: Any
    starts: list[float] = field(default_factory=list)
    ends: list[WorkerEnd] = field(default_factory=list)

    def start_worker(self) -> Any:
        """Start a worker."""
        self.starts.append(time.process_time())
        worker = self.sandbox.start_worker()
        worker.reap = self.keep_end(worker.reap)
        return worker

    def keep_end(self, reap: Callable[[], WorkerEnd]) -> Callable[[], WorkerEnd]:
        """Return a function that reaps a worker and keeps how it ended."""

        def reap_and_keep() -> WorkerEnd:
            self.ends.append(reap())
            return self.ends[-1]

        return reap_and_keep

    def take(self) -> list[tuple[float, WorkerEnd]]:
        """Return the seconds of CPU here from each start to the next, with how that worker ended, and forget both."""
        nexts = [*self.starts[1:], time.process_time()]
        taken = [(b - a, end) for a, b, end in zip(self.starts, nexts, self.ends, strict=True)]
        self.starts.clear()
        self.ends.clear()
        return taken


@dataclass(frozen=True)
class Bench:
    """An open auditor whose sandbox is metered.  opening: seconds of CPU until it was open."""

    auditor: Auditor
    meter: MeteredSandbox
    opening: float

    def measure(self, made: Made, folder: Path) -> SubmissionCost:
        """Audit one submission of a class on disk."""
        submission = collect_submissions(folder, single=False).read(made.name)
        clock = time.perf_counter()
        audited = self.auditor.audit_submission(submission)
        seconds, taken = time.perf_counter() - clock, iter(self.meter.take())
        functions = tuple(make_cost(made, function, taken) for function in audited.functions)
        cpu = sum(cost.checking + cost.worker for cost in functions)
        return SubmissionCost(made.name, made.group, seconds, cpu, functions)


def make_cost(made: Made, function: FunctionResult, taken: Iterator[tuple[float, WorkerEnd]]) -> FunctionCost:
    """Make the cost of a function.  taken: what each worker took; a function that is skipped had none."""
    expected = made.expected[function.name]
    finding = function.finding.claim if function.finding else ""
    told = f"{', '.join(made.what) or 'right'}: {function.name} is {function.state}. {function.reason or finding}"
    cost = FunctionCost(function.name, expected, function.state, is_as_expected(function, expected), told)
    if function.state is FunctionState.SKIPPED:
        return cost
    checking, end = next(taken)
    memory = end.memory / KIBIBYTES_IN_MEBIBYTE
    return FunctionCost(cost.row, expected, cost.state, cost.is_expected, told, checking, end.seconds, memory)


@contextmanager
def open_bench(assignment: str, examples: int) -> Iterator[Bench]:
    """Open an auditor of an assignment."""
    began = time.process_time()
    with Auditor.open(AuditSettings(assignment, examples=examples, seconds=NEVER_SECONDS)) as auditor:
        meter = MeteredSandbox(auditor.sandbox)
        metered: Any = meter
        yield Bench(Auditor(auditor.plan, auditor.answers, metered), meter, time.process_time() - began)
