"""The cache that forward hands to backward, whatever it is: its arrays, its snapshot, and whether it has changed."""

import copy
from collections.abc import Iterable, Mapping
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType, NoneType, SimpleNamespace
from typing import Any

import numpy as np

from gradcheck.arrays import Values, is_identical

CODE_TYPES = (ModuleType, FunctionType, BuiltinFunctionType, MethodType, type)
"""What is not looked into, nor copied: its attributes are not the cache's."""
PLAIN_TYPES = (int, float, complex, str, bytes, bytearray, range, slice, NoneType, np.generic)
"""Numbers, text, and their like, which are compared by value."""
CONTAINER_TYPES = (tuple, list, dict, set, frozenset)
NO_ATTRIBUTES: Mapping[str, Any] = {}


def list_cached_arrays(cache: Any) -> list[Values]:
    """The arrays in a cache, however it is nested."""
    return [item for item in list_members(cache) if isinstance(item, np.ndarray)]


def list_members(cache: Any) -> list[Any]:
    """A cache and all that is in it; what a container or an object holds is listed once, however often it is met."""
    seen, found = set(), [cache]
    for item in found:
        if not isinstance(item, np.ndarray) and id(item) not in seen:
            seen.add(id(item))
            found += list_contents(item)
    return found


def list_contents(item: Any) -> Iterable[Any]:
    """What a container or an object holds."""
    if isinstance(item, (tuple, list)):
        return item
    return item.values() if isinstance(item, dict) else read_attributes(item).values()


def read_attributes(item: Any) -> Mapping[str, Any]:
    """The attributes of an object; none of code."""
    held: Mapping[str, Any] = getattr(item, "__dict__", NO_ATTRIBUTES)
    return NO_ATTRIBUTES if held is NO_ATTRIBUTES or isinstance(item, CODE_TYPES) else held


def snapshot_cache(cache: Any) -> Any:
    """A deep copy of a cache, but for code in it.  Raises whatever copying raises: a cache may hold open files,
    generators, handles of other libraries."""
    return copy.deepcopy(cache, {id(item): item for item in list_members(cache) if isinstance(item, CODE_TYPES)})


def is_unchanged(before: Any, now: Any) -> bool:
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
        alive = within or is_stateful_object(old)
        if not (is_allowed_replacement(old, new) if alive else matches_shallowly(old, new)):
            return False
        if not isinstance(old, np.ndarray) or old.dtype.hasobject:
            seen.add((id(old), id(new), within))
            others = index_contents(new)
            waiting += [(part, others[name], alive) for name, part in index_contents(old).items() if name in others]
    return True


def is_stateful_object(item: Any) -> bool:
    """Whether something is an object with a life of its own."""
    if isinstance(item, (np.ndarray, SimpleNamespace, *CONTAINER_TYPES)) or not read_attributes(item):
        return False
    return not getattr(getattr(type(item), "__dataclass_params__", None), "frozen", False)


def matches_shallowly(old: Any, new: Any) -> bool:
    """Whether one thing in a cache is what it was, whatever has become of the things in it."""
    if isinstance(old, np.ndarray):
        return isinstance(new, np.ndarray) and (
            old.shape == new.shape if old.dtype.hasobject else is_identical(old, new)
        )
    if isinstance(old, PLAIN_TYPES):
        return isinstance(new, PLAIN_TYPES) and bool(old == new or (old != old and new != new))  # noqa: PLR0124 - NaN
    if isinstance(new, (np.ndarray, *PLAIN_TYPES)):
        return False
    if isinstance(old, (tuple, list)):
        return isinstance(new, (tuple, list)) and len(old) == len(new)
    names, others = index_contents(old).keys(), index_contents(new).keys()
    return names == others if isinstance(old, CONTAINER_TYPES) else names <= others


def is_allowed_replacement(old: Any, new: Any) -> bool:
    """Whether an object may hold the one in place of the other: not where both are arrays that differ, but for zeros in
    which a gradient is stored."""
    if not isinstance(old, np.ndarray) or not isinstance(new, np.ndarray) or old.dtype.hasobject:
        return True
    return is_identical(old, new) or (old.dtype.kind == "f" and not old.any())


def index_contents(item: Any) -> Mapping[Any, Any]:
    """What a container or an object holds, by place, key or attribute; by place as well where copies of the key are
    other keys."""
    if isinstance(item, (tuple, list)):
        return dict(enumerate(item))
    if isinstance(item, np.ndarray):
        return dict(enumerate(item.ravel().tolist())) if item.dtype.hasobject else {}
    if isinstance(item, (set, frozenset)):
        return {element: None for element in item if equals_its_copy(element)}
    if isinstance(item, dict):
        return {key if equals_its_copy(key) else f"key {i}": value for i, (key, value) in enumerate(item.items())}
    return read_attributes(item)


def equals_its_copy(key: Any) -> bool:
    """Whether something equals its copy."""
    return all(map(equals_its_copy, key)) if isinstance(key, tuple) else isinstance(key, (*PLAIN_TYPES, type))
