"""The numbers that stand in the code of an op: a branch on a length or a value is met where they are drawn.

Those of forward, backward and what they call in the same package: literals, defaults, numbers that a module holds.
"""

from collections.abc import Iterator
from functools import partial
from types import CodeType, FunctionType, MethodType
from typing import Any

from gradcheck.declaration.op import Op

MOST_CONSTANTS = 32
"""Numbers of one op; in code that is a table of numbers, the first ones stand for the others."""
ORDINARY = frozenset({0.0, 1.0, 2.0, -1.0, 0.5})
"""Numbers that are drawn anyway."""
OWN_PACKAGE = "gradcheck"
OWN_OPS = "gradcheck.ops"
LIBRARIES = frozenset({"builtins", "numpy", "jax", "torch", "functools", "scipy"})
"""Packages whose numbers are not the user's."""


def list_constants(op: Op) -> tuple[float, ...]:
    """List the numbers in the code of an op, each once, in the order of the code."""
    found: dict[float, None] = {}
    for function in walk_functions((op.forward, op.backward)):
        for number in list_numbers(function):
            if number not in ORDINARY and abs(number) < float("inf"):
                found.setdefault(number)
    return tuple(found)[:MOST_CONSTANTS]


def walk_functions(roots: tuple[Any, ...]) -> Iterator[FunctionType]:
    """Yield the functions of user code behind some callables, nearest first: themselves, what they close over, the
    methods of objects, and what they call in the same package."""
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
            waiting += list_parts(thing)


def list_parts(thing: Any) -> list[Any]:
    """List what stands behind a callable or an object: the function of a method, the methods of a class, the fields of
    an object of this package."""
    match thing:
        case MethodType():
            return [thing.__func__, thing.__self__]
        case partial():
            return [thing.func, *thing.args]
        case tuple() | list():
            return list(thing)
        case type():
            return list_methods(thing) if is_user_code(thing.__module__) else []
    if is_user_code(type(thing).__module__):
        return list_methods(type(thing))
    is_own = (type(thing).__module__ or "").startswith(OWN_PACKAGE)
    return list(vars(thing).values()) if is_own and hasattr(thing, "__dict__") else []


def name_module(function: FunctionType) -> str:
    """Return the name of the module in which a function is written, which a wrapper may not tell."""
    return str(function.__globals__.get("__name__", ""))


def is_user_code(module: str) -> bool:
    """Whether a module is of the user, or an op of the library."""
    if module.split(".")[0] == OWN_PACKAGE:
        return module.startswith(OWN_OPS)
    return module.split(".")[0] not in LIBRARIES


def list_methods(owner: type) -> list[Any]:
    """List the functions of a class, without those that are inherited."""
    return [getattr(member, "__func__", member) for member in vars(owner).values() if callable(member)]


def list_referenced(function: FunctionType) -> list[Any]:
    """List what a function closes over, and the functions and classes of its package that its code names."""
    package = name_module(function).split(".")[0]
    cells = [cell.cell_contents for cell in function.__closure__ or () if has_contents(cell)]
    named = [function.__globals__.get(name) for code in walk_code(function.__code__) for name in code.co_names]
    inside = [n for n in named if (getattr(n, "__module__", None) or "").split(".")[0] == package]
    return [*cells, *inside, *vars(function).values()]


def has_contents(cell: Any) -> bool:
    """Whether a cell of a closure is filled."""
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def walk_code(code: CodeType) -> Iterator[CodeType]:
    """Yield the code of a function and of those inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from walk_code(constant)


def list_numbers(function: FunctionType) -> Iterator[float]:
    """Yield the literals of a function, its defaults, and the numbers of its module that it names."""
    for code in walk_code(function.__code__):
        yield from filter_numbers(code.co_consts)
        yield from filter_numbers(function.__globals__.get(name) for name in code.co_names)
    yield from filter_numbers((*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()))


def filter_numbers(things: Any) -> Iterator[float]:
    """Yield the real numbers among some things, those in tuples as well."""
    for thing in things:
        if isinstance(thing, tuple):
            yield from filter_numbers(thing)
        elif isinstance(thing, (int, float)) and not isinstance(thing, bool) and abs(thing) < 2**53:
            yield float(thing)
