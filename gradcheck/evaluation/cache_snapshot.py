"""The cache that forward hands to backward, whatever it is: its arrays, its snapshot, and whether it has changed."""

import copy
from collections.abc import Iterable, Mapping
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType, NoneType, SimpleNamespace
from typing import Any

import numpy as np

from gradcheck.arrays import Values, is_identical

CODE = (ModuleType, FunctionType, BuiltinFunctionType, MethodType, type)
"""What is not looked into, nor copied: its attributes are not the cache's."""
PLAIN = (int, float, complex, str, bytes, bytearray, range, slice, NoneType, np.generic)
"""Numbers, text, and their like, which are compared by value."""
CONTAINERS = (tuple, list, dict, set, frozenset)
EMPTY: Mapping[str, Any] = {}


def leaves(cache: Any) -> list[Values]:
    """The arrays in a cache, however it is nested."""
    return [item for item in members(cache) if isinstance(item, np.ndarray)]


def members(cache: Any) -> list[Any]:
    """A cache and all that is in it; what a container or an object holds is listed once, however often it is met."""
    seen, found = set(), [cache]
    for item in found:
        if not isinstance(item, np.ndarray) and id(item) not in seen:
            seen.add(id(item))
            found += contents(item)
    return found


def contents(item: Any) -> Iterable[Any]:
    """What a container or an object holds."""
    if isinstance(item, (tuple, list)):
        return item
    return item.values() if isinstance(item, dict) else attributes(item).values()


def attributes(item: Any) -> Mapping[str, Any]:
    """The attributes of an object; none of code."""
    held: Mapping[str, Any] = getattr(item, "__dict__", EMPTY)
    return EMPTY if held is EMPTY or isinstance(item, CODE) else held


def snapshot(cache: Any) -> Any:
    """A deep copy of a cache, but for code in it.  Raises whatever copying raises: a cache may hold open files,
    generators, handles of other libraries."""
    return copy.deepcopy(cache, {id(item): item for item in members(cache) if isinstance(item, CODE)})


def untouched(before: Any, now: Any) -> bool:
    """Whether a cache is what it was at its snapshot: arrays, numbers and text, lengths and keys.

    An object with a life of its own, such as a layer or a node of a graph, may do more, since backward may be a method
    of its: count, gain attributes, let go of what it has used, and store gradients, in place where there were zeros.
    There only an array that has become another one is a change.  Tuples, lists, dictionaries, sets, frozen dataclasses
    and namespaces have no such life.  What is none of these, as a generator or an array of another library, is not
    looked into.
    """
    seen, waiting = set(), [(before, now, False)]
    for old, new, within in waiting:
        if old is new or (id(old), id(new), within) in seen:  # what cannot change is its own copy
            continue
        alive = within or is_alive(old)
        if not (replaceable(old, new) if alive else alike(old, new)):
            return False
        if not isinstance(old, np.ndarray) or old.dtype.hasobject:
            seen.add((id(old), id(new), within))
            others = named(new)
            waiting += [(part, others[name], alive) for name, part in named(old).items() if name in others]
    return True


def is_alive(item: Any) -> bool:
    """Whether something is an object with a life of its own."""
    if isinstance(item, (np.ndarray, SimpleNamespace, *CONTAINERS)) or not attributes(item):
        return False
    return not getattr(getattr(type(item), "__dataclass_params__", None), "frozen", False)


def alike(old: Any, new: Any) -> bool:
    """Whether one thing in a cache is what it was, whatever has become of the things in it."""
    if isinstance(old, np.ndarray):
        return isinstance(new, np.ndarray) and (
            old.shape == new.shape if old.dtype.hasobject else is_identical(old, new)
        )
    if isinstance(old, PLAIN):
        return isinstance(new, PLAIN) and bool(old == new or (old != old and new != new))  # noqa: PLR0124 - NaN
    if isinstance(new, (np.ndarray, *PLAIN)):
        return False
    if isinstance(old, (tuple, list)):
        return isinstance(new, (tuple, list)) and len(old) == len(new)
    names, others = named(old).keys(), named(new).keys()
    return names == others if isinstance(old, CONTAINERS) else names <= others


def replaceable(old: Any, new: Any) -> bool:
    """Whether an object may hold the one in place of the other: not where both are arrays that differ, but for zeros in
    which a gradient is stored."""
    if not isinstance(old, np.ndarray) or not isinstance(new, np.ndarray) or old.dtype.hasobject:
        return True
    return is_identical(old, new) or (old.dtype.kind == "f" and not old.any())


def named(item: Any) -> Mapping[Any, Any]:
    """What a container or an object holds, by place, key or attribute; by place as well where copies of the key are
    other keys."""
    if isinstance(item, (tuple, list)):
        return dict(enumerate(item))
    if isinstance(item, np.ndarray):
        return dict(enumerate(item.ravel().tolist())) if item.dtype.hasobject else {}
    if isinstance(item, (set, frozenset)):
        return {element: None for element in item if is_plain(element)}
    if isinstance(item, dict):
        return {key if is_plain(key) else f"key {i}": value for i, (key, value) in enumerate(item.items())}
    return attributes(item)


def is_plain(key: Any) -> bool:
    """Whether something equals its copy."""
    return all(map(is_plain, key)) if isinstance(key, tuple) else isinstance(key, (*PLAIN, type))
