"""A student's functions and objects, which live in a confined worker: calls go in, arrays come out."""

import builtins
import math
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol

import numpy as np

from gradcheck.audit.agent.trees import HeldObject, read_tree, write_tree
from gradcheck.evaluation.outside_stops import OutsideStop
from gradcheck.oracles.noisy_arrays import Noise, NoisyArray, find_noise
from gradcheck.sandbox.call_outcome import CallOutcome, OutcomeKind

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


class StudentError(Exception):
    """An exception of the submission whose type exists there alone; its name stands before the message."""


class Worker(Protocol):
    """What a session needs of a worker of the sandbox."""

    def call(self, handler: str, argument: Any = None, seconds: float | None = None) -> CallOutcome:
        """Call a handler of the agent."""


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
        error, message, kind, hint, file = (str(data.get(k, "")) for k in ("raised", "message", "kind", "hint", "file"))
        line = data.get("line", 0)
        return cls(error, message, kind, hint, file, line if type(line) is int else 0)

    def make_exception(self) -> Exception:
        """Make the exception that is raised here in its place."""
        kind = getattr(builtins, self.error, None)
        if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, UnicodeError):
            return kind(self.message)
        return StudentError(f"{self.error}: {self.message}" if self.message else self.error)


class RemoteSession:
    """Calls of one submission in one worker.

    seed: what every call draws with, None to leave that to the code.  seconds: for all calls.  returned: how often each
    function returned, by its token.  failures: what each raised.
    """

    def __init__(self, worker: Worker, seed: int | None = None, seconds: float = math.inf) -> None:
        self.worker, self.seed, self.seconds, self.until = worker, seed, seconds, monotonic() + seconds
        self.returned: Counter[int] = Counter()
        self.failures: dict[int, list[RaisedFailure]] = {}
        self.released: list[int] = []

    def request(self, handler: str, **argument: Any) -> Any:
        """Ask something of the agent.  Raises SubmissionStopped where it cannot answer, and TimeIsUp."""
        if monotonic() > self.until:
            raise TimeIsUp(f"its {self.seconds:g} s are over")
        outcome = self.worker.call(handler, argument)
        if outcome.kind is not OutcomeKind.RETURNED:
            raise SubmissionStopped(outcome)
        return outcome.value

    def call(self, function: int, args: tuple[Any, ...], keywords: Mapping[str, Any], hold: str = "") -> Any:
        """Call a function by its token, and write to the arguments what it wrote to them.  Raises what it raised.
        hold: what of the result stays in the worker, as the agent takes it."""
        self.release()
        given, noise = (args, dict(keywords)), find_noise(a for _, a in list_places((args, dict(keywords))))
        how = {"seed": self.seed, "inputs": True, "hold": hold, "layouts": list_layouts(given)}
        if noise:
            how["noise"] = describe_noise(noise, given)
        answer = self.request("call", function=function, args=self.write(given), how=how)
        returned = self.take(answer, function)
        if noise and answer.get("met_subnormal"):
            noise.met_subnormal = True
        if answer.get("changed"):
            overwrite_changed(given, self.read(answer.get("inputs")))
        return returned

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

    def write(self, value: Any) -> Any:
        """Return a value as a tree.  Raises UnsendableArgument."""
        try:
            return write_tree(value)
        except TypeError as error:
            raise UnsendableArgument(str(error)) from None

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


def list_places(value: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the arrays in the arguments of a call with their places, as the agent names them: "[0][1]['gamma']"."""
    if isinstance(value, np.ndarray):
        yield where, value
    elif isinstance(value, (tuple, list)):
        for i, item in enumerate(value):
            yield from list_places(item, f"{where}[{i}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from list_places(item, f"{where}[{key!r}]")


def describe_noise(noise: Noise, arguments: Any) -> dict[str, Any]:
    """Return a noise as the agent takes it, with the places of the arrays that have it."""
    places = [place for place, a in list_places(arguments) if isinstance(a, NoisyArray)]
    return {"state": noise.state, "nudge": noise.nudge, "lifts": noise.lifts, "places": places}


def list_layouts(arguments: Any) -> dict[str, str]:
    """Return how arrays lie in memory that do not lie as usual: "read-only", "F" or "strided", by their places."""
    layouts = {}
    for place, a in list_places(arguments):
        if not a.flags.writeable:
            layouts[place] = "read-only"
        elif not a.flags.c_contiguous:
            layouts[place] = "F" if a.flags.f_contiguous else "strided"
    return layouts


def overwrite_changed(arguments: Any, left: Any) -> None:
    """Write to the arguments what a call left in them."""
    for (_, mine), (_, theirs) in zip(list_places(arguments), list_places(left), strict=False):
        if mine.flags.writeable and mine.shape == theirs.shape:
            mine[...] = theirs


def raise_at(failure: RaisedFailure) -> Any:
    """Raise the exception of a failure from its line of the submission, so that reports find it there."""
    error = failure.make_exception()
    if not failure.file:
        raise error
    code = compile("\n" * (max(failure.line, 1) - 1) + "raise error", failure.file, "exec")
    exec(code, {"error": error})  # text of this package alone
