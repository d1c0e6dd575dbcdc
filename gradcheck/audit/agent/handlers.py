"""What a worker does on request: functions over trees of values, by the names in `HANDLERS`."""

from collections.abc import Callable
from functools import partial
from typing import Any

from gradcheck.audit.agent.arrangement import Arrangement
from gradcheck.audit.agent.calling import CallArguments, copy_held, run_quietly, write_result
from gradcheck.audit.agent.failures import describe_failure
from gradcheck.audit.agent.finding import find_function
from gradcheck.audit.agent.loading import Loader
from gradcheck.audit.agent.trees import TreeNode, freeze_key, read_tree, write_tree


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

    def call(self, function: Any, args: TreeNode, how: dict[str, Any] | None = None) -> dict[str, Any]:
        """Call a function by its token, or a method by [token of the object, name].

        args: the tree of (positional, by name).  how: "hold" as of `write_result`; "seed"; "copy_held": whether
        objects that are kept here are copied; "inputs": whether the arguments are returned as they were left.
        Returns {"returned": tree, "changed": places of arrays that were changed, "inputs": tree}, or what was raised.
        """
        how = how or {}
        try:
            called, arrangement = self.find_called(function), Arrangement(how)
            arguments = self.read_arguments(args, how, arrangement)
            for _ in range(self.count_waiting() + 1):
                try:
                    returned = run_quietly(called, arguments, arrangement, how.get("seed"))
                    break
                except NameError as error:
                    if not self.run_waiting(error):
                        raise
                    arguments = self.read_arguments(args, how, arrangement)
            result = {"returned": write_result(returned, how, self.hold), "changed": arguments.list_changed()}
            if arrangement.noise is not None:
                result["met_subnormal"] = arrangement.noise.met_subnormal
            if how.get("inputs") and result["changed"]:
                result["inputs"] = write_tree((arguments.args, arguments.kwargs), self.hold)
            return result
        except BaseException as error:  # a student's code may raise anything, and end the process
            return describe_failure(error, self.loader.sources)

    def find_called(self, function: Any) -> Callable[..., Any]:
        """Return what is to be called.  KeyError: there is nothing with this token."""
        if isinstance(function, (list, tuple)):
            return getattr(self.held[function[0]], function[1])
        return self.held[function]

    def read_arguments(self, args: TreeNode, how: dict[str, Any], arrangement: Arrangement) -> CallArguments:
        """Return the arguments of a call, with arrays of their own, arranged."""
        given = read_tree(args, lambda token, _: copy_held(self.held[token], bool(how.get("copy_held"))))
        positional, by_name = arrangement.arrange(given)
        return CallArguments(list(positional), dict(by_name))

    def count_waiting(self) -> int:
        """Return how many assignments have not been run."""
        return sum(map(len, self.loader.waiting.values()))

    def run_waiting(self, error: NameError) -> bool:
        """Run the assignment of a missing name, in the file that asked for it.  Returns whether the name is there."""
        place = describe_failure(error, self.loader.sources)
        return self.loader.run_waiting(place["file"], str(error.name))

    def new(self, function: Any, args: TreeNode, how: dict[str, Any] | None = None) -> dict[str, Any]:
        """Construct an object of a class by its token, and keep it."""
        return self.call(function, args, {**(how or {}), "hold": "all"})

    def get(self, token: int, path: list[Any], keeps: bool = False) -> dict[str, Any]:
        """Return {"returned": tree} of what is at a path in an object: names of attributes, keys, positions.
        keeps: whether containers are kept here, so that what is put into them changes the object."""
        try:
            value = self.held[token]
            for step in path:
                value = follow_step(value, step)
            return {"returned": write_result(value, {"hold": "all" if keeps and is_container(value) else ""}, self.hold)}
        except BaseException as error:  # properties are a student's code too
            return describe_failure(error, self.loader.sources)

    def set(self, token: int, path: list[Any], value: TreeNode) -> dict[str, Any]:
        """Put a value at a path in an object."""
        try:
            owner = self.held[token]
            for step in path[:-1]:
                owner = follow_step(owner, step)
            new = read_tree(value, lambda held, _: self.held[held])
            if isinstance(owner, (dict, list)):
                owner[freeze_key(path[-1])] = new
            else:
                setattr(owner, path[-1], new)
            return {"returned": {"kind": "none"}}
        except BaseException as error:  # the same
            return describe_failure(error, self.loader.sources)

    def forget(self, tokens: list[int] | None = None) -> int:
        """Let go of objects by their tokens, None for all of them.  Returns how many are kept."""
        for token in [*self.held] if tokens is None else tokens:
            self.held.pop(token, None)
        return len(self.held)


def follow_step(value: Any, step: Any) -> Any:
    """Return an element of a container by its key or position, an attribute of anything else."""
    if isinstance(value, (dict, list, tuple)):
        return value[freeze_key(step)]
    return getattr(value, step)


def is_container(value: Any) -> bool:
    """Whether a value is a dictionary or a list, to which something may be added."""
    return isinstance(value, (dict, list))


def build_handlers() -> dict[str, Callable[..., Any]]:
    """Return the handlers of a new agent by their names.  Each takes one dictionary, its arguments by their names."""
    agent = Agent()
    names = ("load", "find", "call", "new", "get", "set", "forget")
    return {name: partial(call_by_name, getattr(agent, name)) for name in names}


def call_by_name(method: Callable[..., Any], argument: dict[str, Any]) -> Any:
    """Call a method with arguments by their names."""
    return method(**argument)


HANDLERS = build_handlers()
