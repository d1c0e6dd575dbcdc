"""The code of an op: the functions of its forward and backward, and what these call in their own package."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from types import FunctionType, MethodType
from typing import Any

from gradcheck.coverage.nested_code import walk_code
from gradcheck.declaration.op import Op

OWN_PACKAGE = "gradcheck"
OWN_OPS = "gradcheck.ops"
LIBRARIES = frozenset({"builtins", "numpy", "jax", "torch", "functools", "scipy"})
"""Packages whose code is not the user's."""
MOST_MEMBERS = 64
"""Members of a list that are looked at."""


def list_user_functions(op: Op) -> list[FunctionType]:
    """List the functions of an op, nearest first: forward, backward, what they close over, the methods of objects, and
    what they call in the same package."""
    return list(walk_functions((op.forward, op.backward)))


def walk_functions(roots: tuple[Any, ...]) -> Iterator[FunctionType]:
    """Yield the functions of user code behind some callables, each once, nearest first."""
    waiting, seen = list(roots), set[int]()
    while waiting:
        thing = waiting.pop(0)
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if isinstance(thing, FunctionType):
            if is_user_code(name_module(thing)):
                yield thing
            waiting += list_referenced(thing)
        else:
            waiting += list_code_parts(thing)


def list_code_parts(thing: Any) -> list[Any]:
    """List what stands behind a callable or an object: the function of a method, the methods of a class, the fields of
    an object of this package."""
    if isinstance(thing, MethodType):
        return [thing.__func__, thing.__self__]
    if type(thing) is partial:
        return [thing.func, *thing.args]
    if type(thing) in (tuple, list):
        return list(thing[:MOST_MEMBERS])
    if isinstance(thing, type):
        return list_methods(thing)
    if read_module(type(thing)).split(".")[0] != OWN_PACKAGE or is_user_code(read_module(type(thing))):
        return list_methods(type(thing))
    return list(getattr(thing, "__dict__", {}).values())


def read_module(thing: Any) -> str:
    """Return the module that a thing says it is of; "" where it says none, or what is no text."""
    with suppress(Exception):  # an object of the user may do anything when it is asked
        module = thing.__module__
        return module if type(module) is str else ""
    return ""


def name_module(function: FunctionType) -> str:
    """Return the name of the module in which a function is written, which a wrapper may not tell."""
    return str(function.__globals__.get("__name__", ""))


def is_user_code(module: str) -> bool:
    """Whether a module is of the user, or an op of the library."""
    if module.split(".")[0] == OWN_PACKAGE:
        return module.startswith(OWN_OPS)
    return module.split(".")[0] not in LIBRARIES


def list_methods(owner: type) -> list[Any]:
    """List the functions of a class and of those of the user that it inherits from."""
    bases = [base for base in owner.__mro__ if is_user_code(read_module(base))]
    members = [member for base in bases for member in vars(base).values()]
    return [getattr(m, "__func__", m) for m in members if isinstance(m, (FunctionType, staticmethod, classmethod))]


def list_referenced(function: FunctionType) -> list[Any]:
    """List what a function closes over, and the functions and classes of its package that its code names."""
    package = name_module(function).split(".")[0]
    cells = [cell.cell_contents for cell in function.__closure__ or () if has_contents(cell)]
    named = [function.__globals__.get(name) for code in walk_code(function.__code__) for name in code.co_names]
    inside = [thing for thing in named if read_module(thing).split(".")[0] == package]
    return [*cells, *inside, *vars(function).values()]


def has_contents(cell: Any) -> bool:
    """Whether a cell of a closure is filled."""
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False
