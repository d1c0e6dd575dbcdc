"""Private copies of code under test in which np.asarray and np.array keep subclasses of arrays.

Rounding is measured on an ndarray subclass, which np.asarray strips.  No name of NumPy is replaced for that: a function
that speaks of one of the two, or calls another that does, is run as a copy on globals in which they keep the subclass.
A copy reads the globals of its module as they are at the moment, so that the state of a module stays one.

What no copy reaches converts as NumPy does, and its rounding is measured no further from there on: functions that
assign globals, which would be others; methods of classes, but for those that are called from outside; functions behind
compiled decorators; JAX and PyTorch, whose arrays are none of NumPy's.
"""

import builtins
import dis
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache, partial, wraps
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from gradcheck.arrays import unwrap_matrix
from gradcheck.coverage.nested_code import walk_code

CONVERSIONS = frozenset({"asarray", "array"})
"""The functions of NumPy that strip subclasses, by name."""

OTHER_LIBRARIES = sys.stdlib_module_names | {"jax", "jaxlib", "torch"}
"""Packages whose functions are called as they are: they convert no array of NumPy's on the way."""

NAMESPACE_FUNCTIONS = frozenset({"array_namespace", "get_array_module", "get_namespace"})
"""Names of functions that find the library of an array: copies see a view of the module that they return.
Source: array-api-compat and SciPy, CuPy, scikit-learn."""

MAX_COPIES = 1024
"""How many functions, classes and modules are remembered, the latest: the whole library calls fewer."""

KEEPS_SUBCLASSES: ContextVar[bool] = ContextVar("keeps_subclasses", default=False)
"""Whether code under test is called through its copies; other threads call it as it is."""


@contextmanager
def keep_subclasses() -> Iterator[None]:
    """Where choose_copy gives copies."""
    token = KEEPS_SUBCLASSES.set(True)
    try:
        yield
    finally:
        KEEPS_SUBCLASSES.reset(token)


def choose_copy(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function as it is to be called: itself, or within keep_subclasses its copy."""
    found: Callable[..., Any] = substitute(function) if KEEPS_SUBCLASSES.get() else function
    return found


def substitute(value: Any) -> Any:
    """A value as a copy sees it: the conversions of NumPy, and all that leads to them, are others."""
    return copy_function(value) if isinstance(value, FunctionType) else Copier().of(value)


@lru_cache(maxsize=MAX_COPIES)
def copy_function(function: FunctionType) -> FunctionType:
    """The copy of a function; itself where it comes to no conversion, or assigns globals."""
    return Copier().function(function)


class Copier:
    """Copies one function and the functions in its closure, each once: a local function may hold itself."""

    def __init__(self) -> None:
        self.made: dict[FunctionType, FunctionType] = {}

    def of(self, value: Any) -> Any:
        """The value as the copies see it."""
        if isinstance(value, FunctionType):
            return self.function(value)
        if isinstance(value, MethodType):
            return MethodType(self.of(value.__func__), value.__self__)
        if type(value) is partial:
            return partial(self.of(value.func), *value.args, **value.keywords)
        if isinstance(value, ModuleType):
            return view_module(value)
        if is_table(value):
            return (
                {n: self.of(v) for n, v in value.items()} if type(value) is dict else type(value)(map(self.of, value))
            )
        return convert_array if value is np.asarray else make_array if value is np.array else value

    def function(self, original: FunctionType) -> FunctionType:
        """The copy of a function, as it is called where it finds the library of an array."""
        copy = self.closure(original)
        return find_view_by(copy) if original.__name__ in NAMESPACE_FUNCTIONS else copy

    def closure(self, original: FunctionType) -> FunctionType:
        """The copy of a function.  It shares the cells of the closure, but for those that hold functions or modules."""
        if original in self.made or not is_copied(original):
            return self.made.get(original, original)
        cells = original.__closure__ or ()
        own = [CellType() if leads_on(read_cell(cell)) else cell for cell in cells]
        defaults = original.__defaults__
        copy = self.made[original] = FunctionType(
            original.__code__,
            ModuleGlobals(original.__globals__),
            original.__name__,
            defaults and tuple(map(self.of, defaults)),
            tuple(own) or None,
        )
        copy.__kwdefaults__ = original.__kwdefaults__ and {n: self.of(v) for n, v in original.__kwdefaults__.items()}
        copy.__qualname__, copy.__module__ = original.__qualname__, original.__module__
        vars(copy).update(vars(original))
        for mine, theirs in zip(own, cells, strict=True):
            if mine is not theirs:
                mine.cell_contents = self.of(theirs.cell_contents)
        return copy


CALLED_TYPES = (FunctionType, MethodType, partial, ModuleType, type(np.array))
"""Types of values that may lead to a conversion."""


def is_table(value: Any) -> bool:
    """Whether it is a dictionary, a list or a tuple of functions, or of such tables."""
    if type(value) not in (dict, list, tuple) or not value:
        return False
    entries = value.values() if type(value) is dict else value
    return all(map(leads_on, entries))


def leads_on(value: Any) -> bool:
    """Whether a value may lead to a conversion."""
    return isinstance(value, CALLED_TYPES) or is_table(value)


def read_cell(cell: CellType) -> Any:
    """Return the content of a cell, None for an empty one."""
    try:
        return cell.cell_contents
    except ValueError:
        return None


def find_view_by(find: Callable[..., Any]) -> FunctionType:
    """The function that returns the view of the module that `find` returns."""

    @wraps(find)
    def find_view(*arguments: Any, **settings: Any) -> Any:
        return substitute(find(*arguments, **settings))

    assert isinstance(find_view, FunctionType)
    return find_view


class ModuleGlobals(dict[str, Any]):
    """The globals of a module as the copies of its functions see them.

    It holds what the interpreter looks for in it, and nothing else: all other names are read in the module itself.
    """

    def __init__(self, original: Mapping[str, Any]) -> None:
        super().__init__({name: value for name, value in original.items() if name.startswith("__")})
        self["__builtins__"] = view_builtins()
        self.original = original

    def __missing__(self, name: str) -> Any:
        return substitute(self.original[name])


class ModuleView(ModuleType):
    """A module as the copies see it."""

    def __init__(self, original: ModuleType) -> None:
        super().__init__(original.__name__, original.__doc__)
        vars(self)["__original__"] = original
        if original is np:  # its names are read too often to ask for each of them
            vars(self).update({n: v for n, v in vars(np).items() if not n.startswith("__") and not is_module(v)})
            vars(self).update(asarray=convert_array, array=make_array)

    def __getattr__(self, name: str) -> Any:
        return substitute(getattr(vars(self)["__original__"], name))

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(vars(self)["__original__"], name, value)

    def __dir__(self) -> list[str]:
        return dir(vars(self)["__original__"])


def is_module(value: Any) -> bool:
    """Whether it is a module."""
    return isinstance(value, ModuleType)


@lru_cache(maxsize=MAX_COPIES)
def view_module(module: ModuleType) -> ModuleType:
    """The view of a module, one for each; itself where its functions are called as they are."""
    return module if isinstance(module, ModuleView) or is_left_alone(module.__name__) else ModuleView(module)


@cache
def view_builtins() -> dict[str, Any]:
    """The builtins as copies see them: what they import is a view."""

    def import_view(*arguments: Any, **settings: Any) -> Any:
        return substitute(builtins.__import__(*arguments, **settings))

    return {**vars(builtins), "__import__": import_view}


def convert_array(*arguments: Any, **settings: Any) -> Any:
    """np.asarray, which keeps a subclass; but not a matrix, for which `*` and shapes are others."""
    return unwrap_matrix(np.asanyarray(*arguments, **settings))


def make_array(*arguments: Any, **settings: Any) -> Any:
    """np.array, which keeps a subclass unless it is told not to; but not a matrix."""
    made = np.array(*arguments, **{"subok": True, **settings})
    return made if settings.get("subok") else unwrap_matrix(made)


def is_left_alone(module: str | None) -> bool:
    """Whether functions of a module are called as they are."""
    return (module or "").partition(".")[0] in OTHER_LIBRARIES


@lru_cache(maxsize=MAX_COPIES)
def is_copied(function: FunctionType) -> bool:
    """Whether a function comes to a conversion, itself or through what it reaches by name, and assigns no globals."""
    if assigns_globals(function.__code__):
        return False
    waiting, seen = [function], set[FunctionType]()
    while waiting:
        reached = waiting.pop()
        if reached not in seen and not is_left_alone(reached.__module__):
            seen.add(reached)
            names = collect_names(reached.__code__)
            values = [*find_values(reached, names)]
            if names & CONVERSIONS or any(value is np.asarray or value is np.array for value in values):
                return True
            waiting += [value for value in values if isinstance(value, FunctionType)]
    return False


def find_values(function: FunctionType, names: frozenset[str]) -> Iterator[Any]:
    """The values that a function may reach by these names: globals, attributes of modules, and what its closure and its
    defaults hold."""
    held = [function.__globals__[name] for name in names if name in function.__globals__]
    held += [read_cell(cell) for cell in function.__closure__ or ()]
    held += [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
    modules = set[ModuleType]()
    while held:
        value = unwrap_bound(held.pop())
        if isinstance(value, ModuleType):
            if value not in modules and not is_left_alone(value.__name__):
                modules.add(value)
                held += [vars(value)[name] for name in names if name in vars(value)]
        elif is_table(value):
            held += value.values() if type(value) is dict else value
        else:
            yield value


def unwrap_bound(value: Any) -> Any:
    """The function of a bound method or of a partial; anything else as it is."""
    while isinstance(value, MethodType) or type(value) is partial:
        value = value.__func__ if isinstance(value, MethodType) else value.func
    return value


def collect_names(code: CodeType) -> frozenset[str]:
    """The names in a code object and in those within it."""
    return frozenset(name for part in walk_code(code) for name in part.co_names)


def assigns_globals(code: CodeType) -> bool:
    """Whether a function, or one that it defines, assigns names of its module."""
    written = {"STORE_GLOBAL", "DELETE_GLOBAL"}
    return any(instruction.opname in written for part in walk_code(code) for instruction in dis.get_instructions(part))
