"""Calls of a student's functions: copies go in, trees come out, and what was changed on the way is told."""

import random
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradcheck.audit.agent.arguments import call_with_noise
from gradcheck.audit.agent.trees import TreeNode, get_type_name, write_tree


def locate_arrays(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Yield the arrays in arguments, with where they are: "args[1]['gamma']"."""
    if isinstance(value, np.ndarray):
        yield where, value
    elif isinstance(value, (tuple, list)):
        for i, item in enumerate(value):
            yield from locate_arrays(item, f"{where}[{i}]")
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from locate_arrays(item, f"{where}[{key!r}]")


def fingerprint(array: Any) -> tuple[Any, ...]:
    """Return what is the same as long as an array is: NaN and the sign of zero count."""
    return array.shape, array.dtype.str, array.tobytes()


class CallArguments:
    """The arguments of a call, and what their arrays were before it."""

    def __init__(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        self.args, self.kwargs = args, kwargs
        self.arrays = [*locate_arrays(args, "args"), *locate_arrays(kwargs, "kwargs")]
        self.before = [fingerprint(array) for _, array in self.arrays]

    def list_changed(self) -> list[str]:
        """Return where arrays are that the call changed."""
        pairs = zip(self.arrays, self.before, strict=True)
        return [where for (where, array), before in pairs if fingerprint(array) != before]


def run_quietly(function: Callable[..., Any], arguments: CallArguments, noise: Any, seed: int | None) -> Any:
    """Call a function with NumPy's warnings silenced; seed: what random numbers begin with, None to leave them."""
    if seed is not None:
        np.random.seed(seed)  # noqa: NPY002  # the generator that students' code draws from
        random.seed(seed)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call_with_noise(function, arguments.args, arguments.kwargs, noise)


def write_result(value: Any, wanted: str, hold: Callable[[Any], int]) -> TreeNode:
    """Return what a call returned as a tree.  wanted: "last" where the last element of a tuple, which is the cache, is
    kept here."""
    if wanted == "last" and isinstance(value, (tuple, list)) and len(value) > 1:
        node = write_tree(tuple(value[:-1]), hold)
        cache = value[-1]
        node["items"].append({"kind": "held", "token": hold(cache), "type": get_type_name(cache)})
        return node
    return write_tree(value, hold)
