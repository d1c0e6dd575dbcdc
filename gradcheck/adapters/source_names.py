"""The names of the user's functions and classes in source code, and calls of them by parameter names."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from gradcheck.evaluation.private_copies import choose_copy

UNNAMED = "op"
"""The name of an op whose function has none."""


def is_importable(thing: Any) -> bool:
    """Whether a function or class can be imported by its name from its module."""
    name, module = getattr(thing, "__qualname__", ""), getattr(thing, "__module__", None)
    return bool(module) and module != "__main__" and name.isidentifier()


def get_source_name(thing: Any, otherwise: str) -> str:
    """Return its name, that of a method behind its class; `otherwise` where it has no identifier, as a lambda."""
    name, qualified = str(getattr(thing, "__name__", "")), str(getattr(thing, "__qualname__", ""))
    if all(part.isidentifier() for part in qualified.split(".")) and qualified.endswith(f".{name}"):
        return qualified
    return name if name.isidentifier() else otherwise


def format_import(thing: Any, name: str) -> str:
    """Return the line that imports it, or the class whose method it is; "" where it cannot be imported."""
    owner, _, method = name.partition(".")
    importable = is_importable(thing) or (method and getattr(thing, "__module__", "__main__") not in ("__main__", None))
    return f"from {thing.__module__} import {owner}" if importable else ""


def make_splitting_caller(
    function: Callable[..., Any], split: Callable[[Any], Any]
) -> Callable[[Mapping[str, Any]], Any]:
    """Return a function that calls with arguments by name and splits the result into outputs and cache."""
    call = make_caller(function)
    return lambda arguments: split(call(function, arguments))


def make_caller(
    signature_of: Callable[..., Any], leave: int = 0
) -> Callable[[Callable[..., Any], Mapping[str, Any]], Any]:
    """Return a function that calls others of this signature with arguments by name, by position where they are
    positional.  leave: the number of leading parameters that are bound already."""
    parameters = list(inspect.signature(signature_of).parameters.values())[leave:]
    positions = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    several = [p.name for p in parameters if p.kind is p.VAR_POSITIONAL]
    keywords = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]

    def call(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
        rest = (a for name in several for a in arguments[name])
        return choose_copy(function)(*(arguments[n] for n in positions), *rest, **{n: arguments[n] for n in keywords})

    return call
