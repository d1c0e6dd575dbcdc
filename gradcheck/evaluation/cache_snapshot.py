"""Snapshots of the cache that forward passes to backward: its arrays, and whether they have changed."""

import copy
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType, NoneType, SimpleNamespace
from typing import Any

import numpy as np

from gradcheck.arrays import Values, is_identical
from gradcheck.evaluation.outside_stops import comes_from_outside

CODE_TYPES = (ModuleType, FunctionType, BuiltinFunctionType, MethodType, type)
"""Types whose values are neither inspected nor copied: their attributes do not belong to the cache."""
PLAIN_TYPES = (int, float, complex, str, bytes, bytearray, range, slice, NoneType, np.generic)
"""Types whose values are compared by ==."""
CONTAINER_TYPES = (tuple, list, dict, set, frozenset)
NO_ATTRIBUTES: dict[str, Any] = {}


def list_cached_arrays(cache: Any) -> list[Values]:
    """Return the arrays in a cache, at any depth, subclasses as plain arrays on the same memory."""
    return [np.asarray(item) for item in list_cache_members(cache) if issubclass(type(item), np.ndarray)]


def list_cache_members(cache: Any) -> list[Any]:
    """Return a cache and everything in it; the contents of each container or object are listed once."""
    seen, members = set(), [cache]
    for item in members:
        if not issubclass(type(item), np.ndarray) and id(item) not in seen:
            seen.add(id(item))
            members += list_contents(item)
    return members


def list_contents(item: Any) -> Iterable[Any]:
    """Return the contents of a container or an object, whatever a subclass says of them."""
    for kind in (tuple, list):
        if issubclass(type(item), kind):
            return kind.__iter__(item)
    return dict.values(item if issubclass(type(item), dict) else read_attributes(item))


def read_attributes(item: Any) -> dict[str, Any]:
    """Return the attributes of an object; none for code, and where they cannot be read."""
    if issubclass(type(item), CODE_TYPES):
        return NO_ATTRIBUTES
    try:
        attributes = getattr(item, "__dict__", NO_ATTRIBUTES)
    except BaseException as error:
        if comes_from_outside(error):
            raise
        return NO_ATTRIBUTES
    return attributes if issubclass(type(attributes), dict) else NO_ATTRIBUTES


@dataclass(frozen=True)
class SparingSnapshot:
    """A copy of a cache that shares its arrays, of which there are checksums in place of copies."""

    cache: Any
    checksums: Sequence[tuple[Values, int]]

    def is_unchanged(self, now: Any) -> bool:
        """Whether the cache equals its snapshot as `is_unchanged` has it, and no array was written to."""
        return is_unchanged(self.cache, now) and all(compute_checksum(a) == before for a, before in self.checksums)


def snapshot_sparingly(cache: Any) -> SparingSnapshot:
    """Return a snapshot of a cache without copies of its arrays.  Raises whatever copying raises."""
    shared = [item for item in list_cache_members(cache) if type(item) is np.ndarray and not item.dtype.hasobject]
    return SparingSnapshot(snapshot_cache(cache, shared), [(a, compute_checksum(a)) for a in shared])


def compute_checksum(a: Values) -> int:
    """Return a checksum of the bytes of an array."""
    numbers: Any = np.ascontiguousarray(a).reshape(-1).view(np.uint8)
    return zlib.crc32(numbers)


def snapshot_cache(cache: Any, shared: Sequence[Any] = ()) -> Any:
    """Return a deep copy of a cache, in which code is shared, and whatever else is to be.  Raises whatever copying
    raises: a cache may hold open files, generators, handles of other libraries."""
    code = [item for item in list_cache_members(cache) if issubclass(type(item), CODE_TYPES)]
    return copy.deepcopy(cache, {id(item): item for item in [*code, *shared]})


def is_unchanged(before: Any, now: Any) -> bool:
    """Whether a cache equals its snapshot: arrays, numbers and text, lengths and keys.

    A stateful object, such as a layer or a node of a graph, may change in other ways, since backward may be its method:
    it may count calls, gain attributes, release what it has used, and store gradients in place of zeros.  There only an
    array that was replaced by a different one is a change.  Tuples, lists, dictionaries, sets, frozen dataclasses and
    namespaces are not stateful.  Anything else, such as a generator or an array of another library, is not inspected.
    """
    seen, waiting = set(), [(before, now, False)]
    for old, new, within in waiting:
        if old is new or (id(old), id(new), within) in seen:  # immutable values are their own copies
            continue
        stateful = within or is_stateful_object(old)
        if not (is_allowed_replacement(old, new) if stateful else matches_shallowly(old, new)):
            return False
        if not isinstance(old, np.ndarray) or old.dtype.hasobject:
            seen.add((id(old), id(new), within))
            others = index_contents(new)
            waiting += [(part, others[name], stateful) for name, part in index_contents(old).items() if name in others]
    return True


def is_stateful_object(item: Any) -> bool:
    """Whether a value is a stateful object."""
    if isinstance(item, (np.ndarray, SimpleNamespace, *CONTAINER_TYPES)) or not read_attributes(item):
        return False
    return not getattr(getattr(type(item), "__dataclass_params__", None), "frozen", False)


def matches_shallowly(old: Any, new: Any) -> bool:
    """Whether a value in a cache is unchanged, regardless of its contents."""
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
    """Whether a stateful object may hold `new` in place of `old`: unless both are arrays that differ, and `old` is not
    all zeros, in which a gradient is stored."""
    if not isinstance(old, np.ndarray) or not isinstance(new, np.ndarray) or old.dtype.hasobject:
        return True
    return is_identical(old, new) or (old.dtype.kind == "f" and not old.any())


def index_contents(item: Any) -> Mapping[Any, Any]:
    """Return the contents of a container or an object by position, key or attribute; by position also where a key does
    not equal its copy."""
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
    """Whether a key equals its copy."""
    return all(map(equals_its_copy, key)) if isinstance(key, tuple) else isinstance(key, (*PLAIN_TYPES, type))
