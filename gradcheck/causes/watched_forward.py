"""The forward of a case, watched operation by operation, and run again with one of them changed.

Arrays of a subclass of NumPy's report each function that is applied to them, and where it stands in the code under
test.  Numbers stay as they are, so that code which strips the subclass is only seen less of.
"""

import inspect
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.evaluation.evaluator import Arrangement, Evaluator, Malformed, UserError
from gradcheck.evaluation.private_copies import keep_subclasses

MOST_OPERATIONS = 1500
"""Operations of a forward up to which it is watched."""

WHOLE_FUNCTIONS = frozenset(
    {np.where, np.dot, np.einsum, np.tensordot, np.inner, np.outer, np.vdot, np.clip, np.cumsum, np.prod, np.cumprod}
)
"""Functions that are one operation; of others, the operations inside are seen."""

OWN_FOLDER = str(Path(__file__).parent.parent)
OTHER_FOLDERS = (str(Path(np.__file__).parent), OWN_FOLDER)
OPS_FOLDER = str(Path(OWN_FOLDER, "ops"))
"""Folders whose frames are none of the code under test, and the one within them whose frames may be."""

MOST_CALLERS = 3
"""Calls within the code under test by which a spot in a function is told from the same in another call of it."""


class TooManyOperations(Exception):
    """The forward has more operations than are watched."""


class AnotherCourse(Exception):
    """A changed run comes to other operations than the forward, or to other shapes."""


class Spot(NamedTuple):
    """Where an operation stands in the code under test: the offset of its instruction, and the calls that lead to it,
    the innermost first."""

    code: CodeType
    offset: int
    callers: tuple[tuple[CodeType, int], ...] = ()


@dataclass(frozen=True)
class Operation:
    """One operation, as it ran.

    function: its name, such as "add.reduce"; apply: the function itself; operands and settings: what it was given, in
    copies; result: what it made, a copy as well; given: the array whose memory each operand lies in; made: the result
    itself.
    """

    function: str
    apply: Callable[..., Any]
    operands: tuple[Any, ...]
    settings: Mapping[str, Any]
    result: Values
    given: tuple[Any, ...]
    made: Values


Change = Callable[[Operation, Operation, int], Any]
"""change(before, now, round): the result of an operation in place of its own.  before: the operation as it ran in the
case; now: as it runs; round: how often it ran already."""


class Watcher:
    """Sees the operations of one run, in order, and the arrays that have a name where they stand."""

    def __init__(self) -> None:
        self.seen: defaultdict[Spot, list[Operation]] = defaultdict(list)
        self.variables: defaultdict[CodeType, dict[str, Values]] = defaultdict(dict)
        self.count = 0

    def take(self, frames: Sequence[FrameType], operation: Operation) -> Any:
        """Take an operation; returns what is to be its result.  Raises TooManyOperations."""
        spot = make_spot(frames)
        local = frames[0].f_locals
        self.variables[spot.code].update({name: a for name, a in local.items() if is_variable(a)})
        self.count += 1
        if self.count > MOST_OPERATIONS:
            raise TooManyOperations
        self.seen[spot].append(operation)
        return operation.made


class Changer:
    """Changes the operations at some spots in one run."""

    def __init__(self, changes: Mapping[Spot, Change], before: Mapping[Spot, Sequence[Operation]]) -> None:
        self.changes, self.before, self.counts = changes, before, defaultdict[Spot, int](int)

    def take(self, frames: Sequence[FrameType], operation: Operation) -> Any:
        """Take an operation; returns what is to be its result.  Raises AnotherCourse."""
        spot = make_spot(frames)
        if spot not in self.changes:
            return operation.made
        round, rounds = self.counts[spot], self.before[spot]
        self.counts[spot] += 1
        if round >= len(rounds) or not is_same_operation(rounds[round], operation):
            raise AnotherCourse
        changed = self.changes[spot](rounds[round], operation, round)
        return copy_operand(changed)  # the code under test may add to it in place, and what ran before stays as it is


def is_same_operation(before: Operation, now: Operation) -> bool:
    """Whether an operation is the one that ran before, on other numbers."""
    return before.function == now.function and before.made.shape == now.made.shape


class WatchedArray(np.ndarray[Any, Any]):
    """An array that reports what is applied to it.  watcher: to whom; None for an array that is made of none."""

    __slots__ = ("watcher",)
    __array_priority__ = 1.0
    watcher: Watcher | Changer | None

    def __array_finalize__(self, source: Any) -> None:
        self.watcher = getattr(source, "watcher", None)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *args: Any, out: Any = None, **settings: Any) -> Any:
        watcher, operands = find_watcher((self, *args)), tuple(map(strip_watcher, args))
        if watcher is None or method == "at" or ufunc.nout > 1 or settings.get("where", True) is not True:
            if out is not None:
                settings["out"] = tuple(map(strip_watcher, out))
            return make_watched(watcher, getattr(ufunc, method)(*operands, **settings))
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        result = report_operation(watcher, name, getattr(ufunc, method), args, settings)
        if out is None:
            return make_watched(watcher, result)
        strip_watcher(out[0])[...] = strip_watcher(result)
        return out[0]

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        watcher = find_watcher((self, *args))
        if watcher is None or func not in WHOLE_FUNCTIONS or "out" in kwargs:
            return make_watched(watcher, super().__array_function__(func, types, args, kwargs))
        return make_watched(watcher, report_operation(watcher, func.__name__, func, args, kwargs))

    def __getitem__(self, key: Any) -> Any:
        return make_watched(self.watcher, super().__getitem__(key))

    def dot(self, other: Any) -> Any:  # type: ignore[override]
        """The product as an operation: the method of NumPy's arrays reports nothing."""
        return np.dot(self, other)


def report_operation(
    watcher: Watcher | Changer, name: str, apply: Callable[..., Any], args: Sequence[Any], settings: Mapping[str, Any]
) -> Any:
    """Run an operation and report it; returns what is to be its result."""
    operands = tuple(copy_operand(strip_watcher(a)) for a in args)
    plain = {name: strip_watcher(value) for name, value in settings.items()}
    made = np.asarray(strip_watcher(apply(*map(strip_watcher, args), **plain)))
    given = tuple(map(find_memory_owner, args))
    return watcher.take(find_frames(), Operation(name, apply, operands, plain, np.array(made), given, made))


def copy_operand(a: Any) -> Any:
    """Copy an array, which the code under test may change later."""
    return np.array(a) if isinstance(a, np.ndarray) else a


def find_memory_owner(a: Any) -> Any:
    """Find the array whose memory an array lies in; anything else is its own."""
    while isinstance(a, np.ndarray) and isinstance(a.base, np.ndarray):
        a = a.base
    return a


def find_watcher(values: Sequence[Any]) -> Watcher | Changer | None:
    """Find the watcher of the first array that has one."""
    return next((a.watcher for a in values if isinstance(a, WatchedArray) and a.watcher), None)


def strip_watcher(a: Any) -> Any:
    """Return the plain array under a watched one; anything else as it is."""
    return a.view(np.ndarray) if isinstance(a, WatchedArray) else a


def make_watched(watcher: Watcher | Changer | None, result: Any) -> Any:
    """Return a result with its floating-point arrays as watched ones."""
    if isinstance(result, (tuple, list)) and not hasattr(result, "_fields"):
        return type(result)(make_watched(watcher, part) for part in result)
    if watcher is None or not isinstance(result, (np.ndarray, np.floating)) or result.dtype.kind != "f":
        return result
    watched = np.asarray(result).view(WatchedArray)
    watched.watcher = watcher
    return watched


def find_frames() -> list[FrameType]:
    """Find the frames of the code under test that are running, the innermost first."""
    here = inspect.currentframe()
    frame: FrameType | None = here.f_back.f_back if here and here.f_back else None
    found = list[FrameType]()
    while frame is not None and len(found) <= MOST_CALLERS:
        if is_under_test(frame.f_code):
            found.append(frame)
        elif found and not frame.f_code.co_filename.startswith(OTHER_FOLDERS[0]):
            break
        frame = frame.f_back
    return found


def make_spot(frames: Sequence[FrameType]) -> Spot:
    """Make the spot of the instruction that is running in the first of some frames."""
    (code, offset), *callers = ((frame.f_code, frame.f_lasti) for frame in frames)
    return Spot(code, offset, tuple(callers))


def is_variable(a: Any) -> bool:
    """Whether a local variable is a real number or an array of numbers that an operation may be given."""
    if isinstance(a, float):
        return a not in (0.0, 1.0)
    return isinstance(a, np.ndarray) and a.dtype.kind in "fb" and 0 < a.ndim <= MOST_VARIABLE_AXES


MOST_VARIABLE_AXES = 4
"""Axes up to which an array with a name is looked at."""


@cache
def is_under_test(code: CodeType) -> bool:
    """Whether code is none of NumPy's nor of this package, but for the ops that it holds."""
    return not code.co_filename.startswith(OTHER_FOLDERS) or code.co_filename.startswith(OPS_FOLDER)


@dataclass(frozen=True)
class WatchedForward:
    """The forward of a case with all operations that input i takes part in, by where they stand, and the arrays that
    had a name in its functions at last."""

    evaluator: Evaluator
    i: int
    seen: Mapping[Spot, Sequence[Operation]]
    variables: Mapping[CodeType, Mapping[str, Values]]

    @property
    def size(self) -> int:
        """The number of operations."""
        return sum(map(len, self.seen.values()))

    def run(self, x: Values, changes: Mapping[Spot, Change]) -> Point | None:
        """Return the outputs at another value of the input, with the operations at some spots changed; None where these
        have other shapes or do not come about."""
        return run_watched(self.evaluator, self.i, x, Changer(changes, self.seen))


def watch_forward(evaluator: Evaluator, i: int) -> WatchedForward | None:
    """Watch the forward of a case; None where it refuses the arrays or has too many operations."""
    watcher = Watcher()
    outputs = run_watched(evaluator, i, evaluator.case.point[i], watcher)
    if outputs is None:
        return None
    variables = {
        code: {name: np.array(strip_watcher(a), float) for name, a in local.items()}
        for code, local in watcher.variables.items()
    }
    return WatchedForward(evaluator, i, dict(watcher.seen), variables)


def run_watched(evaluator: Evaluator, i: int, x: Values, watcher: Watcher | Changer) -> Point | None:
    """Return the outputs where input i is a watched array with these values; None where the code under test raises."""
    point = tuple(x if k == i else a for k, a in enumerate(evaluator.case.point))
    arrange = Arrangement(lambda a: make_watched(watcher, np.array(a)) if a is x else np.array(a))
    try:
        with keep_subclasses(), np.errstate(all="ignore"):
            outputs = evaluator.forward(point, arrange)[0]
    except (UserError, Malformed):
        return None
    plain = tuple(np.asarray(strip_watcher(y), float) for y in outputs)
    return plain if [y.shape for y in plain] == [u.shape for u in evaluator.case.upstream] else None
