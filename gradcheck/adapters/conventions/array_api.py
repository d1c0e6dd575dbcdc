"""A forward and a backward on arrays of a library that follows the array API: called as two functions of NumPy are,
with arrays converted by xp.asarray, and back by DLPack or np.asarray."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.adapters.calling_convention import ModuleConvention
from gradcheck.adapters.code import Code
from gradcheck.adapters.conventions import pair
from gradcheck.adapters.conversion import find_noise_of_arguments, is_array_or_scalar, make_shareable
from gradcheck.adapters.frameworks.jax_program import TracedPrograms
from gradcheck.adapters.frameworks.torch_noise import perturb_torch_operations
from gradcheck.adapters.parameters import AdapterError, Keywords
from gradcheck.declaration.origin import Script
from gradcheck.evaluation.private_copies import choose_copy
from gradcheck.oracles.jaxpr.trace import use_jax_in_float64


@dataclass(frozen=True)
class ArrayLibrary:
    """An array library, by its namespace."""

    xp: Any

    def to_library(self, value: Any) -> Any:
        """Convert NumPy's arrays to the library's, also in tuples and lists; return any other value unchanged."""
        if isinstance(value, (tuple, list)):
            return type(value)(map(self.to_library, value))
        return (
            choose_copy(self.xp.asarray)(make_shareable(np.asanyarray(value))) if is_array_or_scalar(value) else value
        )

    def back(self, value: Any) -> Any:
        """Convert the library's arrays to NumPy's, also in tuples, lists and mappings."""
        if isinstance(value, (tuple, list)):
            return tuple(map(self.back, value))
        if isinstance(value, Mapping):
            return {n: self.back(v) for n, v in value.items()}
        if value is None or isinstance(value, (bool, int, float)):
            return value
        a = np.asarray(value) if hasattr(value, "__array__") else np.from_dlpack(value)
        return a if a.flags.writeable else a.copy()

    def evaluation_context(self, values: Iterable[Any]) -> AbstractContextManager[Any]:
        """Return the context in which the library computes: float64 enabled in JAX, and PyTorch's operations perturbed
        where arrays are NoisyArrays."""
        return (
            use_jax_in_float64()
            if self.is_jax
            else perturb_torch_operations(values)
            if self.package == "torch"
            else nullcontext()
        )

    @property
    def package(self) -> str:
        """The top-level package of the namespace."""
        return str(self.xp.__name__).partition(".")[0]

    @property
    def is_jax(self) -> bool:
        """Whether the library is JAX."""
        return self.package == "jax"


@dataclass(frozen=True)
class ArrayApiCalls:
    """The calls of two functions on a library's arrays, by the Code of the convention `pair`."""

    library: ArrayLibrary
    pair: Code

    def run(self, arguments: Mapping[str, Any]) -> tuple[tuple[Any, ...], Any]:
        """Return outputs, and as the cache a function upstreams → gradients."""
        if self.library.is_jax and find_noise_of_arguments(arguments.values()):
            return tuple(self.perturbed_programs(arguments, ())), lambda ups: self.library.back(
                self.perturbed_programs(arguments, ups)
            )
        there, back = self.library.to_library, self.library.back
        with self.library.evaluation_context(arguments.values()):
            outputs, gradients = self.vjp({n: there(a) for n, a in arguments.items()})
            return tuple(back(outputs)), lambda ups: back(gradients([there(u) for u in ups]))

    def vjp(self, values: Mapping[str, Any]) -> tuple[list[Any], Callable[[list[Any]], Any]]:
        """Return outputs and a function upstreams → gradients, on the library's own arrays."""
        outputs, returned = self.pair.run(values)
        return list(outputs), lambda ups: self.pair.pull(tuple(ups), returned)

    def pull(self, upstream: tuple[Any, ...], gradients: Callable[[Any], Any]) -> Any:
        """Return backward's result."""
        with self.library.evaluation_context(upstream):
            return gradients(upstream)

    @cached_property
    def perturbed_programs(self) -> TracedPrograms:
        """The functions as traced JAX programs in which every operation is perturbed."""
        return TracedPrograms(self.vjp)

    def script(self, arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        """Return the calls as a script to paste."""
        assert self.pair.script is not None
        paired = self.pair.script(arguments, gradients)
        opening = [f"import {self.library.xp.__name__} as xp", paired.opening]
        if self.library.is_jax:
            opening.insert(0, 'import jax\njax.config.update("jax_enable_x64", True)')
        return replace(paired, opening="\n".join(filter(None, opening)))


def code(name: str, thing: tuple[Callable[..., Any], Callable[..., Any]], keywords: Keywords) -> Code:
    """Return the code of two functions.  Raises AdapterError where xp is missing, or no namespace of arrays."""
    calling = ArrayApiCalls(ArrayLibrary(require_namespace(name, keywords)), pair.code(name, thing, keywords))
    sent = lambda text, differentiable: f"xp.asarray({text})"  # noqa: E731
    return replace(calling.pair, run=calling.run, pull=calling.pull, plain=None, script=calling.script, sent=sent)


def require_namespace(name: str, keywords: Keywords) -> Any:
    """Return the namespace that was given.  Raises AdapterError where there is none."""
    xp = keywords.options.xp
    if not callable(getattr(xp, "asarray", None)):
        problem = "xp is missing" if xp is None else f"xp is {xp!r}, which has no asarray"
        raise AdapterError(
            f"{name}: {problem}; give the library of its arrays, as in xp=array_api_strict or xp=jax.numpy"
        )
    return xp


CONVENTION = ModuleConvention(
    "array_api", "the same, on arrays of another library; wants xp=", code, takes_two_functions=True
)
