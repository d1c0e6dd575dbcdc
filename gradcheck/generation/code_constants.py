"""The numbers that stand in the code of an op: a branch on a length or a value is met where they are drawn.

Those of forward, backward and what they call in the same package: literals, defaults, numbers that a module holds.
"""

from collections.abc import Iterator
from types import FunctionType
from typing import Any

import numpy as np

from gradcheck.coverage.nested_code import walk_code
from gradcheck.coverage.user_code import list_user_functions
from gradcheck.declaration.op import Op

MOST_CONSTANTS = 32
"""Numbers of one op; in code that is a table of numbers, the first ones stand for the others."""
ORDINARY = frozenset({0.0, 1.0, 2.0, -1.0, 0.5})
"""Numbers that are drawn anyway."""


def list_constants(op: Op) -> tuple[float, ...]:
    """List the numbers in the code of an op, each once, in the order of the code."""
    found: dict[float, None] = {}
    for function in list_user_functions(op):
        for number in list_numbers(function):
            if number not in ORDINARY and abs(number) < float("inf"):
                found.setdefault(number)
    return tuple(found)[:MOST_CONSTANTS]


def list_numbers(function: FunctionType) -> Iterator[float]:
    """Yield the literals of a function, its defaults, and the numbers of its module that it names."""
    for code in walk_code(function.__code__):
        yield from filter_numbers(code.co_consts)
        yield from filter_numbers(function.__globals__.get(name) for name in code.co_names)
    yield from filter_numbers((*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()))


def filter_numbers(things: Any) -> Iterator[float]:
    """Yield the real numbers among some things, those in tuples as well."""
    for thing in things:
        if type(thing) is tuple:
            yield from filter_numbers(thing)
        elif type(thing) in (int, float, np.float64) and abs(thing) < 2**53:
            yield float(thing)
