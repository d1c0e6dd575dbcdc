"""A student's functions and objects, which live in a confined worker: calls go in, arrays come out."""

import builtins
import math
import pickle
import weakref
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic, process_time
from typing import Any, Protocol

import numpy as np

from gradcheck.arrays import Values
from gradcheck.audit.agent.trees import HeldObject, read_tree
from gradcheck.audit.packed_arguments import pack_arguments
from gradcheck.evaluation.outside_stops import OutsideStop
from gradcheck.oracles.noisy_arrays import Noise
from gradcheck.sandbox.call_outcome import CallOutcome, OutcomeKind

WAITING = 10
"""How much longer than the time of the processor the calls of a function may take by the clock."""
MOST_RELEASED = 256
"""Objects in the worker that nobody holds here any more, after which they are let go."""


class SubmissionStopped(OutsideStop):
    """The worker ended, or was ended.  Nothing more can be asked of it."""

    def __init__(self, outcome: CallOutcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


class TimeIsUp(OutsideStop):
    """The time of a function is over, though each call returned."""


class UnsendableArgument(OutsideStop):
    """A model answer hands over what cannot be sent to a worker: no fault of the submission."""


class NotYetAnswered(Exception):
    """A call that is announced, and has no answer yet."""


class StudentError(Exception):
    """An exception of the submission whose type exists there alone; its name stands before the message."""


class Worker(Protocol):
    """What a session needs of a worker of the sandbox."""

    def call_many(self, calls: Sequence[tuple[str, Any]], seconds: float | None = None) -> Sequence[CallOutcome]:
        """Call handlers of the agent one after the other."""


@dataclass(frozen=True)
class RaisedFailure:
    """What a call in the worker raised.  kind: of `audit.agent.failures`; file, line: where in the submission."""

    error: str
    message: str
    kind: str
    hint: str
    file: str
    line: int

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> "RaisedFailure":
        """Read what the agent tells; it is the submission's word, so that each part is text or a number."""
        error, message, kind, hint = (str(data.get(key, "")) for key in ("raised", "message", "kind", "hint"))
        line = data.get("line", 0)
        return cls(error, message, kind, hint, read_file(data), line if type(line) is int else 0)

    def make_exception(self) -> Exception:
        """Make the exception that is raised here in its place."""
        kind = getattr(builtins, self.error, None)
        if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, UnicodeError):
            return kind(self.message)
        return StudentError(f"{self.error}: {self.message}" if self.message else self.error)


def read_file(data: Mapping[str, Any]) -> str:
    """Return the file that a record of the agent names; of a notebook with the cell, in which lines are counted."""
    file, cell = str(data.get("file", "")), data.get("cell")
    return f"{file}, cell {cell}" if type(cell) is int and cell else file


class RemoteSession:
    """Calls of one submission in one worker.

    seed: what every call draws with, None to leave that to the code.  seconds: for all calls.  returned: how often each
    function returned, by its token.  failures: what each raised.
    """

    __slots__ = (
        *("began", "began_computing", "failures", "foreseen", "recorded", "released", "returned"),
        *("seconds", "seed", "worker", "worker_seconds", "__weakref__"),
    )
    """No dictionary: nobody who looks for the code of an op finds anything here."""

    def __init__(self, worker: Worker, seed: int | None = None, seconds: float = math.inf) -> None:
        self.worker, self.seed, self.seconds = worker, seed, seconds
        self.began, self.began_computing, self.worker_seconds = monotonic(), process_time(), 0.0
        self.returned: Counter[int] = Counter()
        self.failures: dict[int, list[RaisedFailure]] = {}
        self.released: list[int] = []
        self.recorded: list[Any] | None = None
        self.foreseen: deque[tuple[Any, Any]] = deque()

    def request(self, handler: str, **argument: Any) -> Any:
        """Ask something of the agent.  Raises SubmissionStopped where it cannot answer, and TimeIsUp."""
        return self.exchange([(handler, argument)])[0]

    def exchange(self, calls: list[tuple[str, Any]]) -> list[Any]:
        """Ask several things of the agent together.  Raises as `request` does."""
        if self.is_late():
            raise TimeIsUp(f"its {self.seconds:g} s are over")
        outcomes = self.worker.call_many(calls)
        for outcome in outcomes:
            if outcome.kind is not OutcomeKind.RETURNED:
                raise SubmissionStopped(outcome)
            self.note_seconds(outcome.value)
        return [outcome.value for outcome in outcomes]

    def note_seconds(self, answer: Any) -> None:
        """Note how long the worker has computed, as it says: one that lies is ended by the limit of its processor."""
        told = answer.get("seconds") if isinstance(answer, dict) else None
        if type(told) is float and told > self.worker_seconds:
            self.worker_seconds = told

    def is_late(self) -> bool:
        """Whether the time for all calls is over, here or in the worker: of the processor, so that a busy machine
        judges as another one, and WAITING times as much of the clock, for code that waits."""
        computed = max(process_time() - self.began_computing, self.worker_seconds)
        return computed > self.seconds or monotonic() - self.began > WAITING * self.seconds

    def call(self, function: int, args: tuple[Any, ...], keywords: Mapping[str, Any], hold: str = "") -> Any:
        """Call a function by its token, and write to the arguments what it wrote to them.  Raises what it raised.
        hold: what of the result stays in the worker, as the agent takes it."""
        try:
            packed, noise = pack_arguments(args, keywords)
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise UnsendableArgument(str(error)) from None
        answer = self.answer({"function": function, "arguments": packed, "how": self.describe_call(hold, noise)})
        returned = self.take(answer, function)
        if noise and answer.get("met_subnormal"):
            noise.met_subnormal = True
        if "changed" in answer:
            overwrite_arrays((args, dict(keywords)), self.read(answer["changed"]))
        return returned

    def describe_call(self, hold: str, noise: Noise | None) -> dict[str, Any]:
        """Return how a function is called, as the agent takes it."""
        how: dict[str, Any] = {"hold": hold, "seed": self.seed}
        if noise:
            how["noise"] = {"state": noise.state, "nudge": noise.nudge, "lifts": noise.lifts}
        return how

    def announce(self, call_each: Callable[[], None]) -> None:
        """Have the worker answer calls together, which come again one by one.  call_each: makes them; each raises."""
        self.recorded = recorded = list[Any]()
        try:
            call_each()
        finally:
            self.recorded = None
        self.foreseen.clear()
        if recorded:
            outcomes = self.exchange([("call", argument) for argument in recorded])
            self.foreseen.extend(zip(recorded, outcomes, strict=True))

    def answer(self, argument: Any) -> Any:
        """Return the answer to a call: the one that was foreseen, where this is the next of those that were announced.
        Raises NotYetAnswered while they are."""
        if self.recorded is not None:
            self.recorded.append(argument)
            raise NotYetAnswered
        if self.foreseen:
            announced, answer = self.foreseen.popleft()
            if announced == argument:
                return answer
            self.foreseen.clear()
        self.release()
        return self.request("call", **argument)

    def take(self, answer: Any, function: int = 0) -> Any:
        """Return what a call of a function returned.  Raises what it raised."""
        if not isinstance(answer, dict):
            raise SubmissionStopped(CallOutcome(OutcomeKind.VIOLATION, message="an answer that is none"))
        if "returned" in answer:
            self.returned[function] += 1
            return self.read(answer["returned"])
        failure = RaisedFailure.read(answer)
        self.failures.setdefault(function, []).append(failure)
        raise_at(failure)

    def read(self, tree: Any) -> Any:
        """Return the value of a tree, in which objects that stay in the worker are proxies."""
        try:
            return read_tree(tree, lambda token, _: self.make_releasable(token))
        except ValueError as error:
            raise SubmissionStopped(CallOutcome(OutcomeKind.VIOLATION, message=str(error))) from None

    def make_releasable(self, token: int) -> "RemoteObject":
        """Return what stands for an object in the worker, which is let go of there once it is here."""
        found = RemoteObject(self, token)
        weakref.finalize(found, self.released.append, token).atexit = False
        return found

    def release(self) -> None:
        """Let go of what nobody holds here any more."""
        if len(self.released) > MOST_RELEASED:
            tokens = self.released.copy()
            del self.released[: len(tokens)]
            self.request("forget", tokens=tokens)


class RemoteObject(HeldObject):
    """An object in the worker: a cache, a function or a class.  hold: what of its result stays there where it is
    called."""

    def __init__(self, session: RemoteSession, token: int, hold: str = "") -> None:
        super().__init__(token)
        self.session, self.hold = session, hold

    def __deepcopy__(self, memo: Any) -> "RemoteObject":
        return self

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        """Call it in the worker.  Raises what it raises there."""
        return self.session.call(self.token, args, keywords, self.hold)


def list_argument_arrays(value: Any) -> Iterator[Values]:
    """Yield the arrays in the arguments of a call, in the order of the agent."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (tuple, list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from list_argument_arrays(item)


def overwrite_arrays(arguments: Any, left: Any) -> None:
    """Write to the arrays of a call what it left in them."""
    for mine, theirs in zip(list_argument_arrays(arguments), left if isinstance(left, list) else (), strict=False):
        if mine.flags.writeable and isinstance(theirs, np.ndarray) and mine.shape == theirs.shape:
            mine[...] = theirs


def raise_at(failure: RaisedFailure) -> Any:
    """Raise the exception of a failure from its line of the submission, so that reports find it there."""
    error = failure.make_exception()
    if not failure.file:
        raise error
    code = compile("\n" * (max(failure.line, 1) - 1) + "raise error", failure.file, "exec")
    exec(code, {"error": error})  # text of this package alone
