"""An instance of a layer whose methods are private copies, in which np.asarray and np.array keep subclasses."""

from collections.abc import Mapping
from functools import lru_cache
from types import FunctionType
from typing import Any

from gradcheck.evaluation.private_copies import KEEPS_SUBCLASSES, MAX_COPIES, is_left_alone, substitute


def use_copied_methods(thing: Any) -> Any:
    """Give an instance and its inner layers classes with copied methods, where subclasses of arrays are preserved, and
    return it.  The instance is changed in place: no other code may hold it."""
    if KEEPS_SUBCLASSES.get():
        waiting, seen = [thing], set[int]()
        while waiting:
            part = waiting.pop()
            if id(part) not in seen and is_instance_of_user_class(part):
                seen.add(id(part))
                cls: Any = type(part)
                set_class(part, copy_class(cls))
                waiting += [p for value in vars(part).values() for p in list_parts(value)]
    return thing


def is_instance_of_user_class(value: Any) -> bool:
    """Whether a value has attributes, and its class is not one whose methods are called without a copy."""
    cls = type(value)
    return hasattr(value, "__dict__") and not isinstance(value, type) and not is_left_alone(cls.__module__)


def list_parts(value: Any) -> list[Any]:
    """Return the entries of a dictionary, a list or a tuple, else the value itself."""
    if isinstance(value, Mapping):
        return [*value.values()]
    return [*value] if isinstance(value, (list, tuple)) else [value]


def set_class(thing: Any, cls: type) -> None:
    """Set the class of an instance, also where its __setattr__ refuses."""
    if cls is not type(thing):
        object.__setattr__(thing, "__class__", cls)


@lru_cache(maxsize=MAX_COPIES)
def copy_class(cls: type) -> type:
    """Return a class derived from the user's, with copies of the methods that can be copied; the class itself where
    there is none, or where a metaclass or __init_subclass__ gives derived classes a meaning."""
    plain = type(cls) is type and not any("__init_subclass__" in vars(c) for c in cls.__mro__[:-1])
    methods = {n: f for c in reversed(cls.__mro__) for n, f in vars(c).items() if isinstance(f, FunctionType)}
    copies = {n: substitute(f) for n, f in methods.items() if substitute(f) is not f}
    if not plain or not copies:
        return cls
    same = {"__slots__": (), "__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": cls.__doc__}
    return type(cls.__name__, (cls,), {**copies, **same})
