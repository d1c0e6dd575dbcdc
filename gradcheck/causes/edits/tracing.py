"""A trace of one forward and backward: which lines of the user's code ran, and which values they saw."""

import site
import sys
import sysconfig
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import numpy as np

from gradcheck.causes.wrong_case import WrongCase
from gradcheck.coverage.user_code import is_user_code
from gradcheck.evaluation.evaluator import COPIED, Evaluator, Malformed, UserError

MOST_SEEN_MEMBERS = 16
"""Members of an object, a dictionary or a row among the values that a line sees."""
COMPILERS = frozenset({"jax", "jaxlib", "numba", "tensorflow"})
"""Libraries that compile functions of the user, and would keep edited ones."""
LARGEST_COUNT = 1000
"""Whole numbers beyond this are seeds and the like, which must not get where lengths are."""
LIBRARY_FOLDERS = tuple({*site.getsitepackages(), sysconfig.get_path("stdlib"), "<frozen"})
"""Where code lies that is not the user's."""


@dataclass(frozen=True)
class SeenValue:
    """What a line saw of a value.  kind: "array", "mask" (of truth values), "whole" or "real" (a number), "function",
    "numpy" (the module), "row" or "other".  shape: of an array.  number: the value of a number.  low, high: the
    least and the greatest number of an array."""

    kind: str
    shape: tuple[int, ...] = ()
    number: float = 0.0
    low: float = 0.0
    high: float = 0.0

    @property
    def is_numeric(self) -> bool:
        """Whether it may be a factor."""
        return self.kind in ("array", "mask", "whole", "real")


@dataclass
class CodeTrace:
    """What ran of one code.  lines: what each line saw when it first ran.  in_forward, in_backward: where it ran.
    names: the globals that it may use."""

    code: CodeType
    lines: dict[int, dict[str, SeenValue]] = field(default_factory=dict)
    in_forward: bool = False
    in_backward: bool = False
    names: Mapping[str, Any] = field(default_factory=dict)

    def list_seen(self, line: int) -> dict[str, SeenValue]:
        """List what a line saw: its locals, the functions of the file, and the globals that the code names."""
        inside = {n: v for n, v in self.names.items() if n in self.code.co_names or is_function_of(v, self.code)}
        found = {n: describe_value_seen(value) for n, value in inside.items() if n.isidentifier()}
        numpy = {n: SeenValue("numpy") for n, value in self.names.items() if value is np}
        seen = {**numpy, **found, **self.lines[line]}
        return {n: v for n, v in seen.items() if v.kind != "whole" or abs(v.number) <= LARGEST_COUNT}

    @property
    def is_compiled(self) -> bool:
        """Whether the code uses a library that compiles it, and keeps what it compiled."""
        used = [self.names[n] for n in self.code.co_names if n in self.names]
        owners = [v.__name__ if isinstance(v, ModuleType) else type(v).__module__ for v in used]
        return any(owner.partition(".")[0] in COMPILERS for owner in owners)


@dataclass(frozen=True)
class FrameEnd:
    """The end of a call of user code that no other user code called, or whose result such a one returned as it was: its
    last line, what it returned, its locals."""

    code: CodeType
    line: int
    returned: Any
    locals: Mapping[str, Any]


@dataclass
class CallTrace:
    """What ran in one forward and backward.  gradients: what backward returned, None where it raised."""

    codes: dict[CodeType, CodeTrace] = field(default_factory=dict)
    ends: list[FrameEnd] = field(default_factory=list)
    gradients: tuple[Any, ...] | None = None
    is_backward: bool = False


def trace_gradients(case: WrongCase) -> CallTrace:
    """Trace forward and backward of a case; those of a number with an upstream of one, so that a gradient by which an
    adapter multiplies it stays the same."""
    is_scalar = all(u.size == 1 for u in case.upstream)
    upstream = tuple(np.ones_like(u) for u in case.upstream) if is_scalar else case.upstream
    trace, evaluator = CallTrace(), Evaluator(case.op, case.case)
    try:
        with follow(trace):
            cache = evaluator.forward(case.inputs, COPIED)[1]
            trace.is_backward = True
            returned = evaluator.pull(upstream, cache, COPIED)
        trace.gradients = tuple(returned) if isinstance(returned, (tuple, list)) else (returned,)
    except (UserError, Malformed):
        pass
    return trace


@contextmanager
def follow(trace: CallTrace) -> Iterator[None]:
    """Take down what runs inside."""
    before, depth = sys.gettrace(), 0
    inside = list[FrameEnd]()

    def trace_call(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal depth
        if event != "call" or not is_user_frame(frame):
            return None
        seen = trace.codes.setdefault(frame.f_code, CodeTrace(frame.f_code, names=frame.f_globals))
        seen.in_forward |= not trace.is_backward
        seen.in_backward |= trace.is_backward
        depth += 1

        def trace_line(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal depth
            if event == "line" and frame.f_lineno not in seen.lines:
                seen.lines[frame.f_lineno] = describe_names(frame.f_locals)
            if event == "return":
                depth -= 1
                inside.append(FrameEnd(frame.f_code, frame.f_lineno, argument, dict(frame.f_locals)))
                if depth == 0:
                    trace.ends.extend(end for end in inside if end.returned is argument)
                    inside.clear()
            return trace_line

        return trace_line

    sys.settrace(trace_call)
    try:
        yield
    finally:
        sys.settrace(before)


def is_user_frame(frame: FrameType) -> bool:
    """Whether a frame runs code of the user's, or of an op of the library."""
    module, file = str(frame.f_globals.get("__name__", "")), frame.f_code.co_filename
    if module.partition(".")[0] in sys.stdlib_module_names - {"__main__"} or not is_user_code(module):
        return False
    return module.startswith("gradcheck.") or not file.startswith(LIBRARY_FOLDERS)


def is_function_of(value: Any, code: CodeType) -> bool:
    """Whether a value is a function of the file of a code."""
    return type(value) is FunctionType and value.__code__.co_filename == code.co_filename


def describe_names(names: Mapping[str, Any]) -> dict[str, SeenValue]:
    """Describe the values of names, and the members of objects, dictionaries and rows, by the text that gives them."""
    found = {name: describe_value_seen(value) for name, value in names.items() if name.isidentifier()}
    for name, value in names.items():
        members = list_seen_members(name, value) if name.isidentifier() else ()
        found |= {text: one for text, member in members if (one := describe_value_seen(member)).is_numeric}
    return found


def list_seen_members(name: str, value: Any) -> list[tuple[str, Any]]:
    """List the members of an object, a dictionary or a row, each with the text that gives it."""
    if isinstance(value, dict):
        items = [(f"{name}[{key!r}]", member) for key, member in value.items() if isinstance(key, str)]
    elif type(value) in (tuple, list):
        items = [(f"{name}[{k}]", member) for k, member in enumerate(value)]
    elif isinstance(value, (np.ndarray, np.generic, ModuleType, type, FunctionType, int, float)):
        return []
    else:
        own = getattr(value, "__dict__", {})
        items = [(f"{name}.{key}", member) for key, member in own.items()] if isinstance(own, dict) else []
        inner = [one for text, member in items if isinstance(member, dict) for one in list_seen_members(text, member)]
        rows = [one for text, member in items if type(member) is tuple for one in list_seen_members(text, member)]
        items += inner + rows
    return items[:MOST_SEEN_MEMBERS]


def describe_value_seen(value: Any) -> SeenValue:
    """Describe a value by its type alone, whatever a subclass says of itself."""
    described: dict[type, Callable[[], SeenValue]] = {
        np.ndarray: lambda: describe_array_seen(value),
        bool: lambda: SeenValue("other", number=value),
        int: lambda: SeenValue("whole", number=value if abs(value) < 2**53 else np.inf),
        float: lambda: SeenValue("real", number=value),
        tuple: lambda: SeenValue("row"),
        list: lambda: SeenValue("row"),
        FunctionType: lambda: SeenValue("function", number=value.__code__.co_argcount),
    }
    if value is np:
        return SeenValue("numpy")
    if isinstance(value, np.generic):
        return SeenValue("whole" if value.dtype.kind in "iu" else "real", number=float(value.real))
    return described.get(type(value), lambda: SeenValue("other"))()


def describe_array_seen(value: np.ndarray[Any, Any]) -> SeenValue:
    """Describe an array."""
    if value.dtype == bool:
        return SeenValue("mask", value.shape)
    if value.dtype.kind not in "fiu" or not value.size:
        return SeenValue("array", value.shape)
    return SeenValue("array", value.shape, low=float(value.min()), high=float(value.max()))
