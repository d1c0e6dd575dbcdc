"""A reference for free: a private copy of somebody's function in which NumPy is jax.numpy.

Only the globals of the copy are others: those that are NumPy, or come from it by the same name, and the functions of
the same module that it calls.  Nothing of the user's is touched.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from types import CellType, FunctionType, ModuleType
from typing import Any

import numpy as np


def substitute_jax_numpy(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function under jax.numpy; the copy is made when it is called.  What has no source of its own, a function of
    another language among it, is called as it is, and then does not trace."""

    @wraps(function)
    def traced(*args: Any, **settings: Any) -> Any:
        return copy_with_jax_numpy(function)(*args, **settings)

    return traced


def copy_with_jax_numpy(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, and those of its module, on globals in which NumPy is jax.numpy."""
    return FunctionCopies(getattr(function, "__module__", None)).of(function)


class FunctionCopies:
    """Functions of one module, copied once each."""

    def __init__(self, module: str | None) -> None:
        self.module = module
        self.scopes: dict[int, dict[str, Any]] = {}
        self.made: dict[int, Any] = {}

    def of(self, value: Any) -> Any:
        """The value as the copies see it."""
        if isinstance(value, FunctionType) and value.__module__ == self.module:
            return self.function(value)
        return find_jax_counterpart(value)

    def function(self, original: FunctionType) -> FunctionType:
        """A copy of a function."""
        if id(original) not in self.made:
            closure = original.__closure__ and tuple(CellType() for _ in original.__closure__)
            copy = FunctionType(
                original.__code__,
                self.copy_globals(original.__globals__),
                original.__name__,
                original.__defaults__,
                closure,
            )
            copy.__kwdefaults__ = original.__kwdefaults__
            self.made[id(original)] = copy
            for cell, theirs in zip(closure or (), original.__closure__ or (), strict=True):
                with suppress(ValueError):  # a name that nothing is bound to yet
                    cell.cell_contents = self.of(theirs.cell_contents)
        found: FunctionType = self.made[id(original)]
        return found

    def copy_globals(self, original: Mapping[str, Any]) -> dict[str, Any]:
        """A copy of a module's globals."""
        if id(original) not in self.scopes:
            scope = self.scopes[id(original)] = dict(original)
            scope.update({name: self.of(value) for name, value in original.items()})
        return self.scopes[id(original)]


def find_jax_counterpart(value: Any) -> Any:
    """jax.numpy for NumPy, and what it has for what NumPy has; all else as it is."""
    import jax.numpy as jnp

    if value is np:
        return jnp
    if isinstance(value, ModuleType):
        package, _, part = value.__name__.partition(".")
        return getattr(jnp, part, value) if package == "numpy" else value
    from_numpy = isinstance(value, np.ufunc) or str(getattr(value, "__module__", "")).startswith("numpy")
    return getattr(jnp, getattr(value, "__name__", ""), value) if from_numpy else value
