"""What a mutant needs beside NumPy: mistakes that take more than one expression, as functions of one name each."""

from collections.abc import Callable
from typing import Any

import numpy as np


def mapped(change: Callable[[Any], Any], tree: Any) -> Any:
    """The tree with its floating-point arrays and numbers changed, everything else as it is."""
    if isinstance(tree, (tuple, list)):
        return type(tree)(mapped(change, item) for item in tree)
    return change(tree) if np.issubdtype(getattr(tree, "dtype", object), np.floating) else tree


def signature(tree: Any) -> Any:
    """The shapes of the arrays in a cache, and all else that is in it."""
    if isinstance(tree, (np.ndarray, np.generic)):
        return tree.shape, tree.dtype.str
    if isinstance(tree, dict):
        return tuple((name, signature(item)) for name, item in tree.items())
    if isinstance(tree, (tuple, list)):
        return tuple(map(signature, tree))
    return signature(vars(tree)) if hasattr(tree, "__dict__") else repr(tree)


class Slips:
    """One mutant's own: what it remembers from call to call is shared with no other."""

    def __init__(self) -> None:
        self.kept: dict[Any, Any] = {}

    def first(self, cache: Any) -> Any:
        """The first cache that came with these shapes."""
        return self.kept.setdefault(signature(cache), cache)

    def previous(self, cache: Any) -> Any:
        """The cache of the previous call with these shapes."""
        before = self.kept.get(signature(cache), cache)
        self.kept[signature(cache)] = cache
        return before

    def ones(self, upstream: Any) -> Any:
        """An upstream of ones, whatever the upstream is."""
        return mapped(np.ones_like, upstream)

    def single(self, tree: Any) -> Any:
        """Everything rounded to float32, in the dtype it had."""
        return mapped(lambda a: a.astype(np.float32).astype(a.dtype), tree)

    def enlarged(self, tree: Any) -> None:
        """Everything times two, in place."""
        mapped(lambda a: np.multiply(a, 2, out=a) if isinstance(a, np.ndarray) else a, tree)

    def gathered(self, gradient: Any, axis: int) -> Any:
        """The gradient summed over its first or last axis, the sum repeated."""
        g = np.asarray(gradient)
        return np.zeros_like(g) + g.sum(axis=axis, keepdims=True) if g.ndim else g
