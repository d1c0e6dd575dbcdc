"""The factors of gradcheck's error bars, and one of them scaled for a while wherever it has been taken."""

import ast
import inspect
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from gradcheck.oracles import error_factors

LEFT_OUT = {
    "EPS": "the spacing of float64, which nobody chose",
    "EPS32": "the spacing of float32, which nobody chose",
    "HALF_SPACING": "the spacing of float16, which nobody chose",
    "HALF_UNDERFLOW": "the spacing of the smallest numbers of float16, which nobody chose",
    "MANTISSAS": "the largest prime below the 128 shares that eight bits can tell apart",
    "CHECKED_LEVELS": "row numbers of the extrapolation table, which end at the number of STEPS",
    "COLUMNS": "the shape of the extrapolation table",
    "REGRESSION": "of the baseline, which no verdict of a check depends on",
    "FLOOR": "of the baseline, which no verdict of a check depends on",
}
FACTORS = tuple(name for name in vars(error_factors) if name.isupper() and name not in LEFT_OUT)

DERIVED = {"SIDE_STEPS": "STEPS", "QUICK_DERIVATIVE_STEPS_WITH_REFERENCE": "QUICK_DERIVATIVE_STEPS"}
"""Factors that are made of another when it is defined: each is scaled alone, and stays when the other is scaled."""


def times(value: Any, factor: float) -> Any:
    """A factor scaled: a count as a whole number, at least 1; steps each."""
    if isinstance(value, tuple):
        return tuple(times(part, factor) for part in value)
    return max(1, int(value * factor)) if isinstance(value, int) else value * factor


@contextmanager
def scaled(name: str, factor: float) -> Iterator[Any]:
    """The factor of this name times a number, wherever gradcheck has taken it: in all modules that are loaded, and in
    default arguments.  Yields the new value; all is as it was afterwards."""
    before = getattr(error_factors, name)
    after = times(before, factor)
    try:
        replace(name, before, after)
        yield after
    finally:
        replace(name, after, before)


def replace(name: str, old: Any, new: Any) -> None:
    """Put a new value wherever the old one is: other things of that name stay as they are."""
    for module in loaded():
        if vars(module).get(name) is old:
            setattr(module, name, new)
            for function, names in defaults_by_name(module):
                values = zip(names, function.__defaults__, strict=True)
                function.__defaults__ = tuple(new if named == name else value for named, value in values)


def loaded() -> list[ModuleType]:
    """The modules of gradcheck that are."""
    return [module for name, module in list(sys.modules.items()) if name.split(".")[0] == "gradcheck" and module]


@cache
def defaults_by_name(module: ModuleType) -> list[tuple[Any, list[str]]]:
    """The functions and methods of a module with default arguments, which they took when they were defined, and the
    name that each of these was; "" where it was none."""
    body = ast.parse(inspect.getsource(module)).body
    scopes = [(module, body), *((getattr(module, n.name), n.body) for n in body if isinstance(n, ast.ClassDef))]
    return [
        (inspect.unwrap(vars(scope)[node.name]), [getattr(default, "id", "") for default in node.args.defaults])
        for scope, nodes in scopes
        for node in nodes
        if isinstance(node, ast.FunctionDef) and any(isinstance(d, ast.Name) for d in node.args.defaults)
    ]


def written(value: Any) -> str:
    """A factor as its definition has it: small powers of two as such, steps by the first and the last."""
    if isinstance(value, tuple):
        return ", ".join(map(written, value))
    if isinstance(value, np.ndarray):
        return f"{written(float(value[0]))} … {written(float(value[-1]))}"
    mantissa, exponent = math.frexp(value)
    return f"2^{exponent - 1}" if mantissa == 0.5 and value < 0.1 else f"{value:g}"
