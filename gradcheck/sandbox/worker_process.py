"""The parent's side of one worker: calls go in, outcomes come out, and it is ended when it does not answer."""

import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from gradcheck.escaping import escape_lines
from gradcheck.sandbox.call_outcome import CallOutcome, OutcomeKind, WorkerEnd, classify_end, clean_text
from gradcheck.sandbox.inside.frames import ChannelClosed, read_exactly, read_frame, write_frame
from gradcheck.sandbox.inside.serving import STATUS_EXITED, STATUS_RAISED, STATUS_RETURNED, STATUS_UNSENDABLE
from gradcheck.sandbox.inside.values import ProtocolViolation, UnsendableValue
from gradcheck.sandbox.limits import Limits
from gradcheck.sandbox.waiting import DeadlinePassed, OutputFlood, WorkerWatch

ENDING_GRACE = 0.5
"""How long a worker that has closed its channel may take to end by itself."""


@dataclass(frozen=True)
class WorkerHandles:
    """What the parent holds of a worker: descriptors of its channel, the ends of its pipes, and of its process."""

    channel: int
    out: int
    err: int
    process: int

    def close(self) -> None:
        """Close all of them."""
        for descriptor in (self.channel, self.out, self.err, self.process):
            os.close(descriptor)


class SandboxWorker:
    """One confined process.  `ended` is what ended it, None while it answers; every further call gets it again."""

    def __init__(self, handles: WorkerHandles, limits: Limits, reap: Callable[[], WorkerEnd]) -> None:
        self.handles = handles
        self.limits = limits
        self.reap = reap
        self.ended: CallOutcome | None = None
        self.watch = WorkerWatch(handles.out, handles.err, limits.output_bytes, limits.flood_bytes)

    def __enter__(self) -> "SandboxWorker":
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def stdout(self) -> str:
        """What it printed until the last call, in lines that are safe to print."""
        return self.read_printed(0)

    @property
    def stderr(self) -> str:
        """What it wrote to its standard error, likewise."""
        return self.read_printed(1)

    def read_printed(self, stream: int) -> str:
        """What it printed on one stream; the last line says where more was printed than is kept."""
        text = self.watch.printed[stream]
        cut = f"\n… ({text.count:,} bytes)" if text.count > len(text.kept) else ""
        return escape_lines(text.kept.decode("utf-8", "replace")) + cut

    def call(self, handler: str, argument: Any = None, seconds: float | None = None) -> CallOutcome:
        """Call one handler of the agent with one value, within `seconds` of wall clock."""
        return self.call_many([(handler, argument)], seconds)[0]

    def call_many(self, calls: Sequence[tuple[str, Any]], seconds: float | None = None) -> list[CallOutcome]:
        """Call handlers one after another, all within `seconds`; an outcome for each.  Where the worker is ended, none
        of them counts: all have the outcome that ended it.  UnsendableValue where an argument cannot be sent."""
        if self.ended is None:
            self.watch.begin(time.monotonic() + (self.limits.call_seconds if seconds is None else seconds))
            try:
                return self.exchange([list(call) for call in calls])
            except UnsendableValue:
                raise
            except Exception as problem:
                self.ended = self.end_for(problem)
        return [self.ended for _ in calls]

    def exchange(self, calls: list[Any]) -> list[CallOutcome]:
        """Send calls and read their outcomes.  Whatever `end_for` knows."""
        number = int.from_bytes(os.urandom(7), "big")
        self.refuse_unasked()
        write_frame(self.handles.channel, {"number": number, "calls": calls}, self.limits.frame, self.watch.wait)
        answer = read_frame(self.handles.channel, self.limits.frame, self.watch.wait)
        self.watch.take_rest()
        outcomes = read_outcomes(answer, number, len(calls))
        exits = [outcome for outcome in outcomes if outcome.kind is OutcomeKind.CRASHED]
        if exits:
            self.ended = exits[0]
            self.kill()
        self.refuse_unasked()
        return [exits[0]] * len(calls) if exits else outcomes

    def await_ready(self) -> None:
        """Read the word of a worker that it is confined.  OSError with the reason where it is not."""
        self.watch.begin(time.monotonic() + self.limits.start_seconds)
        try:
            answer = read_frame(self.handles.channel, self.limits.frame, self.watch.wait)
        except Exception as problem:
            self.ended = self.end_for(problem)
            said = self.stderr.splitlines()[-1:]
            raise OSError(": ".join(["a worker did not start", self.ended.message, *said])) from None
        if answer != {"ready": True}:
            self.ended = CallOutcome(OutcomeKind.CRASHED, message=clean_text(str(answer)))
            self.kill()
            raise OSError(f"a worker did not start: {self.ended.message}")

    def refuse_unasked(self) -> None:
        """ProtocolViolation where there is something to read that answers no call, ChannelClosed at the end of it."""
        if self.ended is None and is_readable(self.handles.channel):
            read_exactly(self.handles.channel, 1, self.watch.wait)
            raise ProtocolViolation("an answer to no call")

    def end_for(self, problem: Exception) -> CallOutcome:
        """End the worker; the outcome of the calls in which the problem arose."""
        if isinstance(problem, ChannelClosed) and is_readable(self.handles.process, ENDING_GRACE):
            return classify_end(self.kill(), self.limits.cpu_seconds)
        self.kill()
        if isinstance(problem, ChannelClosed):
            return CallOutcome(OutcomeKind.VIOLATION, message="it closed its channel")
        if isinstance(problem, ProtocolViolation):
            return CallOutcome(OutcomeKind.VIOLATION, message=str(problem))
        if isinstance(problem, OutputFlood):
            return CallOutcome(OutcomeKind.FLOOD, message=f"it printed more than {self.limits.flood_bytes:,} bytes")
        if isinstance(problem, DeadlinePassed):
            return CallOutcome(OutcomeKind.TIMEOUT, message="it did not answer in time")
        raise problem

    def kill(self) -> WorkerEnd:
        """End it if it lives, and close what is held of it."""
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handles.process, signal.SIGKILL)
        end = self.reap()
        self.watch.take_rest()
        self.handles.close()
        return end

    def close(self) -> None:
        """End the worker; nothing where it has ended."""
        if self.ended is None:
            self.ended = CallOutcome(OutcomeKind.CRASHED, message="it was closed")
            self.kill()


def is_readable(descriptor: int, seconds: float = 0.0) -> bool:
    """Whether there is something to read, the end of it included, or the process of the descriptor has ended."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def read_outcomes(answer: Any, number: int, count: int) -> list[CallOutcome]:
    """The outcomes in an answer.  ProtocolViolation where it is none to this call."""
    if not isinstance(answer, dict) or set(answer) != {"number", "results"}:
        raise ProtocolViolation("an answer without its fields")
    if type(answer["number"]) is not int or answer["number"] != number:
        raise ProtocolViolation("an answer to another call")
    results = answer["results"]
    if not isinstance(results, list) or len(results) != count:
        raise ProtocolViolation("an answer to another number of calls")
    return [read_outcome(result) for result in results]


RESULT_FIELDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    STATUS_RETURNED: {"value": object},
    STATUS_RAISED: {"error": str, "message": str, "file": str, "line": int},
    STATUS_EXITED: {"code": int},
    STATUS_UNSENDABLE: {"message": str},
}
"""What each status of a result comes with."""


def read_outcome(result: Any) -> CallOutcome:
    """One outcome.  ProtocolViolation where a field is missing or of another type."""
    status = result.pop("status", None) if isinstance(result, dict) else None
    fields = RESULT_FIELDS.get(status) if isinstance(status, str) else None
    if fields is None or fields.keys() != result.keys():
        raise ProtocolViolation("a result without its fields")
    if not all(isinstance(result[name], kind) for name, kind in fields.items()):
        raise ProtocolViolation("a result with a field of another type")
    if status == STATUS_RETURNED:
        return CallOutcome(OutcomeKind.RETURNED, result["value"])
    if status == STATUS_EXITED:
        return CallOutcome(
            OutcomeKind.CRASHED, message=f"it called sys.exit: {result['code']}", exit_code=result["code"]
        )
    if status == STATUS_UNSENDABLE:
        return CallOutcome(OutcomeKind.BAD_RESULT, message=clean_text(result["message"]))
    kind = OutcomeKind.MEMORY if result["error"] == "MemoryError" else OutcomeKind.RAISED
    error, message, file = (clean_text(result[name]) for name in ("error", "message", "file"))
    return CallOutcome(kind, error=error, message=message, file=file, line=result["line"])
