"""Modules in place of those that are missing: what Python 2 had is real, all else raises when it is called."""

import functools
import io
import operator
import pickle
from collections.abc import Callable
from types import ModuleType
from typing import Any, NoReturn


class MissingModuleError(ImportError):
    """Something of a module that is not here was called, or used in a formula."""


def raise_missing(self: "StandIn", *arguments: Any, **options: Any) -> NoReturn:
    """Raise MissingModuleError for what stands in for a thing of a missing module."""
    name = object.__getattribute__(self, "stand_in_name")
    raise MissingModuleError(f"{name} cannot be used: the module {name.split('.')[0]} is not here", name=name)


class StandInBase:
    """The base of classes that are derived from something of a missing module."""


class StandIn:
    """Something of a missing module: it can be named, subscripted, derived from, but not called."""

    def __init__(self, name: str) -> None:
        self.stand_in_name = name

    def __getattr__(self, name: str) -> "StandIn":
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.stand_in_name}.{name}")

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return () if any(isinstance(base, StandIn) for base in bases[: bases.index(self)]) else (StandInBase,)

    def __getitem__(self, index: Any) -> "StandIn":
        return self

    def __or__(self, other: Any) -> "StandIn":
        return self

    def __ror__(self, other: Any) -> "StandIn":
        return self

    def __instancecheck__(self, instance: Any) -> bool:
        return False

    def __subclasscheck__(self, subclass: type) -> bool:
        return False

    __call__ = __iter__ = __enter__ = __len__ = __float__ = __array__ = raise_missing
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __matmul__ = raise_missing


class StandInModule(ModuleType):
    """A module that is missing; every name is in it, and `import *` takes none."""

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__name__}.{name}")


def return_same(value: Any) -> Any:
    """Return what is given: a decorator that does nothing."""
    return value


def iterate(method: str) -> Callable[[Any], Any]:
    """Return the function that calls a method of a dictionary and iterates over what it returns."""
    return lambda mapping: iter(operator.methodcaller(method)(mapping))


PYTHON_2_NAMES: dict[str, Any] = {
    "xrange": range,
    "unicode": str,
    "basestring": str,
    "long": int,
    "unichr": chr,
    "raw_input": input,
    "reduce": functools.reduce,
    "izip": zip,
    "cPickle": pickle,
    "StringIO": io.StringIO,
}
BUILT_INS = {name: value for name, value in vars(__import__("builtins")).items() if not name.startswith("_")}
SIX = {
    "PY2": False,
    "PY3": True,
    "string_types": (str,),
    "integer_types": (int,),
    "text_type": str,
    "iteritems": iterate("items"),
    "itervalues": iterate("values"),
    "iterkeys": iterate("keys"),
    "viewitems": operator.methodcaller("items"),
    "python_2_unicode_compatible": return_same,
}
COMPATIBLE: dict[str, dict[str, Any]] = {
    "past": {},
    "past.builtins": {**BUILT_INS, **PYTHON_2_NAMES},
    "past.utils": {"old_div": lambda a, b: a // b if isinstance(a, int) and isinstance(b, int) else a / b},
    "future": {},
    "future.builtins": BUILT_INS,
    "future.standard_library": {"install_aliases": lambda: None},
    "future.utils": SIX,
    "six": SIX,
    "six.moves": {**BUILT_INS, **PYTHON_2_NAMES},
    "cPickle": vars(pickle),
    "__builtin__": {**BUILT_INS, **PYTHON_2_NAMES},
}
"""Modules that bridge Python 2 and 3, and what is in them."""


def build_stand_in(name: str) -> ModuleType:
    """Return a module for one that is missing: a real one where it bridges Python 2 and 3."""
    contents = COMPATIBLE.get(name)
    if contents is None:
        return StandInModule(name)
    module = ModuleType(name)
    names = [key for key in contents if not key.startswith("_")]
    inner = {other.removeprefix(f"{name}."): other for other in COMPATIBLE if other.startswith(f"{name}.")}
    vars(module).update({key: contents[key] for key in names}, __all__=names, __path__=[])
    vars(module).update({key: build_stand_in(other) for key, other in inner.items()})
    return module
