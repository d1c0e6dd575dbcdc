"""What a worker does on request: functions over trees of values, by the names in `HANDLERS`."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from gradcheck.audit.agent.arguments import ArgumentUnpickler, make_noise
from gradcheck.audit.agent.calling import CallArguments, run_quietly, write_result
from gradcheck.audit.agent.failures import describe_failure
from gradcheck.audit.agent.finding import find_function
from gradcheck.audit.agent.loading import Loader
from gradcheck.audit.agent.trees import write_tree

CALLER_OPENING = "from __future__ import annotations\n"
"""What stands before the source of a function that calls what was found: its annotations are not run."""


class Agent:
    """One submission, and the objects of it that are kept for later requests."""

    def __init__(self) -> None:
        self.loader = Loader({})
        self.held: dict[int, Any] = {}
        self.next_token = 1

    def hold(self, value: Any) -> int:
        """Keep an object, and return its token."""
        token, self.next_token = self.next_token, self.next_token + 1
        self.held[token] = value
        return token

    def load(self, files: dict[str, Any]) -> list[dict[str, Any]]:
        """Take the files of a submission, bytes or arrays of bytes by path, in place of what was there.  Nothing runs
        until it is asked for.  Returns the status of each: "ok", "python2" or "unloadable", a reason, and the line."""
        self.forget()
        self.loader.close()
        self.loader = Loader({path: bytes(memoryview(data)) for path, data in files.items()})
        return [
            {"file": source.path, "status": source.status, "reason": source.reason, "line": source.line}
            for source in self.loader.sources.values()
        ]

    def find(self, names: list[str]) -> dict[str, dict[str, Any]]:
        """Find functions, classes and methods; see `find_function`.  One that can be called has a token, "function"."""
        found = {}
        for name in names:
            record, value = find_function(self.loader, name)
            found[name] = {**record, "function": self.hold(value) if value is not None else 0}
        return found

    def call(self, function: int, arguments: bytes, how: dict[str, Any]) -> dict[str, Any]:
        """Call a function by its token.

        arguments: what the parent packed.  how: "hold" as of `write_result`; "seed"; "noise" of arrays, as of
        `make_noise`.
        Returns {"returned": tree}, or what was raised, and "seconds": for how long this process has computed.  Where
        arrays of the arguments were changed, "changed" is the tree of all of them as they were left; where an
        exponential with noise came below the normal numbers, "met_subnormal" says so.
        """
        try:
            noise = make_noise(how["noise"]) if "noise" in how else None
            given = self.read_arguments(arguments, noise)
            for _ in range(self.count_waiting() + 1):
                try:
                    returned = run_quietly(self.held[function], given, noise, how.get("seed"))
                    break
                except NameError as error:
                    if not self.run_waiting(error):
                        raise
                    given = self.read_arguments(arguments, noise)
            tree = write_result(returned, how.get("hold", ""), self.hold)
            result: dict[str, Any] = {"returned": tree, "seconds": time.process_time()}
            if noise and noise.met_subnormal:
                result["met_subnormal"] = True
            if given.list_changed():
                result["changed"] = write_tree([array for _, array in given.arrays], self.hold)
            return result
        except BaseException as error:  # a student's code may raise anything, and end the process
            return {**describe_failure(error, self.loader.sources), "seconds": time.process_time()}

    def read_arguments(self, arguments: bytes, noise: Any) -> CallArguments:
        """Return the arguments of a call, with arrays of their own."""
        positional, by_name = ArgumentUnpickler(arguments, self.held.__getitem__, noise).load()
        return CallArguments(positional, by_name)

    def count_waiting(self) -> int:
        """Return how many assignments have not been run."""
        return sum(map(len, self.loader.waiting.values()))

    def run_waiting(self, error: NameError) -> bool:
        """Run the assignment of a missing name, in the file that asked for it.  Returns whether the name is there."""
        place = describe_failure(error, self.loader.sources)
        return self.loader.run_waiting(place["file"], str(error.name))

    def define(self, text: str, name: str) -> int:
        """Define a function by its source, in which NumPy is np, and return its token."""
        scope: dict[str, Any] = {"np": np}
        exec(compile(CALLER_OPENING + text, "<caller>", "exec"), scope)
        return self.hold(scope[name])

    def forget(self, tokens: list[int] | None = None) -> int:
        """Let go of objects by their tokens, None for all of them.  Returns how many are kept."""
        for token in [*self.held] if tokens is None else tokens:
            self.held.pop(token, None)
        return len(self.held)


def build_handlers() -> dict[str, Callable[..., Any]]:
    """Return the handlers of a new agent by their names.  Each takes one dictionary, its arguments by their names."""
    agent = Agent()
    names = ("load", "find", "define", "call", "forget")
    return {name: partial(call_by_name, getattr(agent, name)) for name in names}


def call_by_name(method: Callable[..., Any], argument: dict[str, Any]) -> Any:
    """Call a method with arguments by their names."""
    return method(**argument)


HANDLERS = build_handlers()
