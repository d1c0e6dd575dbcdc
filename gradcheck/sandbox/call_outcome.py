"""What came of one call in a worker."""

import signal
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gradcheck.escaping import cut_text, escape_unprintable


class OutcomeKind(StrEnum):
    """RETURNED alone has a value.  After RAISED, MEMORY and BAD_RESULT the worker lives; after others not."""

    RETURNED = "returned"
    RAISED = "raised"
    MEMORY = "memory"
    BAD_RESULT = "bad result"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    FLOOD = "flood"
    VIOLATION = "protocol violation"


@dataclass(frozen=True)
class CallOutcome:
    """What came of one call.

    value: arrays, numbers and text, which are the submission's word and no more; text in it is not escaped.  error: the
    type of the exception.  message: in one line, safe to print.  file, line: where in the submission, "" and 0 where
    unknown.  exit_code: of a worker that ended, None of one that was ended; signal: the name of what ended it.
    """

    kind: OutcomeKind
    value: Any = None
    error: str = ""
    message: str = ""
    file: str = ""
    line: int = 0
    exit_code: int | None = None
    signal: str = ""


@dataclass(frozen=True)
class WorkerEnd:
    """How a worker ended: exit code, or minus the signal; seconds of CPU; the most KiB of memory that it had."""

    code: int
    seconds: float
    memory: int


def clean_text(text: str) -> str:
    """Text of a worker in one line that is safe to print, cut where it is long."""
    return escape_unprintable(cut_text(text))


COUNTED_SHARE = 0.9
"""How much of the limit a worker has used by the count of `wait4` when the kernel, which counts in ticks, kills it."""


def classify_end(end: WorkerEnd, cpu_seconds: int) -> CallOutcome:
    """The outcome of a call in which the worker ended by itself; exit code 0 is a crash as any other."""
    name = signal.Signals(-end.code).name if end.code < 0 else ""
    if name == "SIGXCPU" or (name == "SIGKILL" and end.seconds >= COUNTED_SHARE * cpu_seconds):
        return CallOutcome(OutcomeKind.TIMEOUT, message=f"it used its {cpu_seconds} s of CPU", signal=name)
    if name:
        return CallOutcome(OutcomeKind.CRASHED, message=f"it was ended by {name}", signal=name)
    return CallOutcome(OutcomeKind.CRASHED, message=f"it ended with exit code {end.code}", exit_code=end.code)
