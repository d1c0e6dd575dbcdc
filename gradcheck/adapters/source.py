"""How somebody's function or class is called in source code."""

from typing import Any


def importable(thing: Any) -> bool:
    """Whether a function or class can be imported by its name from its module."""
    name, module = getattr(thing, "__qualname__", ""), getattr(thing, "__module__", None)
    return bool(module) and module != "__main__" and name.isidentifier()


def name_in_source(thing: Any, otherwise: str) -> str:
    """Its name; where it has none, as a lambda has not, what to call it otherwise."""
    name = str(getattr(thing, "__name__", ""))
    return name if name.isidentifier() else otherwise


def import_of(thing: Any, name: str) -> str:
    """The line that imports it; "" where none can."""
    return f"from {thing.__module__} import {name}" if importable(thing) else ""
