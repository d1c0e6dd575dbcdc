"""A student's functions and objects, which live in a confined worker: calls go in, arrays come out."""

import builtins
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from gradcheck.audit.agent.trees import HeldObject, read_tree, write_tree
from gradcheck.evaluation.outside_stops import OutsideStop
from gradcheck.oracles.noisy_arrays import NoisyArray, find_noise
from gradcheck.sandbox.call_outcome import CallOutcome, OutcomeKind

MOST_RELEASED = 256
"""Objects in the worker that nobody holds here any more, after which they are let go."""


class SubmissionStopped(OutsideStop):
    """The worker ended, or was ended.  Nothing more can be asked of it."""

    def __init__(self, outcome: CallOutcome) -> None:
        super().__init__(outcome.message)
        self.outcome = outcome


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
        texts = (str(data.get(key, "")) for key in ("raised", "message", "kind", "hint", "file"))
        line = data.get("line", 0)
        return cls(*texts, line=line if type(line) is int else 0)

    def make_exception(self) -> Exception:
        """Make the exception that is raised here in its place."""
        kind = getattr(builtins, self.error, None)
        if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, UnicodeError):
            return kind(self.message)
        return StudentError(f"{self.error}: {self.message}" if self.message else self.error)


class RemoteSession:
    """Calls of one submission in one worker.

    seed: what every call draws with, None to leave that to the code.  failures: how often each kind was raised.
    """

    def __init__(self, worker: Worker, seed: int | None = None) -> None:
        self.worker, self.seed = worker, seed
        self.failures: Counter[str] = Counter()
        self.last_failure: RaisedFailure | None = None
        self.released: list[int] = []

    def request(self, handler: str, **argument: Any) -> Any:
        """Ask something of the agent.  Raises SubmissionStopped where it cannot answer."""
        outcome = self.worker.call(handler, argument)
        if outcome.kind is not OutcomeKind.RETURNED:
            raise SubmissionStopped(outcome)
        return outcome.value

    def call(self, function: Any, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> Any:
        """Call a function or a method, and write to the arguments what it wrote to them.  Raises what it raised."""
        self.release()
        noise = find_noise(array for _, array in list_places((args, dict(keywords))))
        noisy = [place for place, array in list_places((args, dict(keywords))) if isinstance(array, NoisyArray)]
        how = {"seed": self.seed, "inputs": True, "layouts": list_layouts((args, dict(keywords)))}
        if noise:
            how["noise"] = {"state": noise.state, "nudge": noise.nudge, "lifts": noise.lifts, "places": noisy}
        answer = self.request("call", function=function, args=write_tree((args, dict(keywords))), how=how)
        if noise and answer.get("met_subnormal"):
            noise.met_subnormal = True
        returned = self.take(answer)
        if answer.get("changed"):
            overwrite_changed((args, dict(keywords)), self.read(answer.get("inputs")))
        return returned

    def take(self, answer: Any) -> Any:
        """Return what a call returned.  Raises what it raised."""
        if not isinstance(answer, dict):
            raise SubmissionStopped(CallOutcome(OutcomeKind.VIOLATION, message="an answer that is none"))
        if "returned" in answer:
            return self.read(answer["returned"])
        failure = RaisedFailure.read(answer)
        self.failures[failure.kind] += 1
        self.last_failure = failure
        raise_at(failure)

    def read(self, tree: Any) -> Any:
        """Return the value of a tree, in which objects that stay in the worker are proxies."""
        try:
            return read_tree(tree, lambda token, _: RemoteObject(self, token))
        except ValueError as error:
            raise SubmissionStopped(CallOutcome(OutcomeKind.VIOLATION, message=str(error))) from None

    def release(self) -> None:
        """Let go of what nobody holds here any more."""
        if len(self.released) > MOST_RELEASED:
            tokens, self.released = self.released, []
            self.request("forget", tokens=tokens)


class RemoteObject(HeldObject):
    """An object in the worker: a cache, a function, a class or an instance."""

    def __init__(self, session: RemoteSession, token: int) -> None:
        super().__init__(token)
        vars(self)["session"] = session
        weakref.finalize(self, session.released.append, token).atexit = False

    def __deepcopy__(self, memo: Any) -> "RemoteObject":
        return self

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        return vars(self)["session"].call(vars(self)["token"], args, keywords)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        session: RemoteSession = vars(self)["session"]
        return session.take(session.request("get", token=vars(self)["token"], path=[name]))

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("token", "kind"):
            vars(self)[name] = value
            return
        session: RemoteSession = vars(self)["session"]
        session.take(session.request("set", token=vars(self)["token"], path=[name], value=write_tree(value)))


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



