"""The functions and classes that some code consists of, and those that it uses by name."""

import inspect
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from types import CodeType, ModuleType
from typing import Any


def collect_parts(roots: Iterable[Any]) -> list[Any]:
    """Collect the functions and classes that some objects consist of: those that wrappers hold in their closures,
    partial calls and fields among them."""
    waiting, seen, parts = list(roots), set[int](), []
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if inspect.isroutine(thing) or inspect.isclass(thing):
            parts.append(thing)
        waiting += list_held_objects(thing)
    return parts


def list_held_objects(thing: Any) -> list[Any]:
    """List what a function, a wrapper or a container holds; nothing of any other object but one of gradcheck's own."""
    if inspect.isfunction(thing):
        cells = [cell.cell_contents for cell in thing.__closure__ or () if not is_empty(cell)]
        return [*cells, *(thing.__defaults__ or ()), *vars(thing).values()]
    if inspect.ismethod(thing):
        return [thing.__func__, thing.__self__, type(thing.__self__)]
    if isinstance(thing, partial):
        return [thing.func, *thing.args, *thing.keywords.values()]
    if isinstance(thing, (tuple, list, Mapping)):
        return list(thing.values() if isinstance(thing, Mapping) else thing)
    own = type(thing).__module__.partition(".")[0] == "gradcheck"
    return list(getattr(thing, "__dict__", {}).values()) if own else []


def is_empty(cell: Any) -> bool:
    """Whether a cell of a closure has no value yet."""
    try:
        cell.cell_contents  # noqa: B018  # raises where there is none
    except ValueError:
        return True
    return False


def collect_used_names(module: ModuleType, roots: Iterable[Any]) -> set[str]:
    """Collect the names of the module's own functions and classes that some parts are, or use, directly or through
    others."""
    named = {id(thing): name for name, thing in vars(module).items()}
    waiting = [name for part in roots if (name := named.get(id(part)))]
    waiting += [name for part in roots for name in list_global_names(part)]
    used: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in used and name in vars(module):
            used.add(name)
            waiting += list_global_names(vars(module)[name])
    return used


def find_code_of(thing: Any) -> CodeType | None:
    """Find the code of a function, a method or a property; None for anything else."""
    function = getattr(thing, "__func__", getattr(thing, "fget", thing))
    return getattr(inspect.unwrap(function), "__code__", None) if inspect.isroutine(function) else None


def list_global_names(thing: Any) -> Iterator[str]:
    """List the global names and attributes that the code of a function, or of the methods and bases of a class,
    mentions."""
    waiting: list[Any] = [find_code_of(thing)]
    if inspect.isclass(thing):
        for base in (base for base in thing.__mro__ if base.__module__ == thing.__module__):
            yield base.__name__
            waiting += map(find_code_of, vars(base).values())
    while waiting:
        if isinstance(one := waiting.pop(), CodeType):
            yield from one.co_names
            waiting += one.co_consts
