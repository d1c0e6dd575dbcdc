"""A forward and a backward on arrays of another library, which follows the array API: pair_code's conventions, arrays
brought there by xp.asarray, and back by DLPack or np.asarray."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.adapters.calling_convention import ModuleConvention
from gradcheck.adapters.conventions import pair
from gradcheck.adapters.conversion import find_noise_of_arguments, is_array_or_scalar, make_shareable
from gradcheck.adapters.frameworks.jax_program import TracedPrograms
from gradcheck.adapters.frameworks.torch_noise import perturb_torch_operations
from gradcheck.adapters.parameters import AdapterError, Keywords
from gradcheck.adapters.pipeline import Code
from gradcheck.declaration.origin import Script
from gradcheck.evaluation.private_copies import choose_copy
from gradcheck.oracles.jaxpr.trace import use_jax_in_float64


@dataclass(frozen=True)
class ArrayLibrary:
    """A library of arrays by its namespace."""

    xp: Any

    def to_library(self, value: Any) -> Any:
        """NumPy's arrays as the library's; whole tuples and lists of them, everything else as it is."""
        if isinstance(value, (tuple, list)):
            return type(value)(map(self.to_library, value))
        return (
            choose_copy(self.xp.asarray)(make_shareable(np.asanyarray(value))) if is_array_or_scalar(value) else value
        )

    def back(self, value: Any) -> Any:
        """The library's arrays as NumPy's; whole tuples, lists and mappings of them."""
        if isinstance(value, (tuple, list)):
            return tuple(map(self.back, value))
        if isinstance(value, Mapping):
            return {n: self.back(v) for n, v in value.items()}
        if value is None or isinstance(value, (bool, int, float)):
            return value
        a = np.asarray(value) if hasattr(value, "__array__") else np.from_dlpack(value)
        return a if a.flags.writeable else a.copy()

    def evaluation_context(self, values: Iterable[Any]) -> AbstractContextManager[Any]:
        """Where float64 stays float64, as JAX has to be told, and where PyTorch's operations are moved with Noisy
        arrays."""
        return (
            use_jax_in_float64()
            if self.is_jax
            else perturb_torch_operations(values)
            if self.package == "torch"
            else nullcontext()
        )

    @property
    def package(self) -> str:
        """Where the namespace is from."""
        return str(self.xp.__name__).partition(".")[0]

    @property
    def is_jax(self) -> bool:
        """Whether it is JAX's."""
        return self.package == "jax"


@dataclass(frozen=True)
class ArrayApiCalls:
    """Two functions on a library's arrays: how pair_code calls them."""

    library: ArrayLibrary
    pair: Code

    def run(self, arguments: Mapping[str, Any]) -> tuple[tuple[Any, ...], Any]:
        """Outputs, and as the cache a function upstreams → gradients."""
        if self.library.is_jax and find_noise_of_arguments(arguments.values()):
            return tuple(self.perturbed_programs(arguments, ())), lambda ups: self.library.back(
                self.perturbed_programs(arguments, ups)
            )
        there, back = self.library.to_library, self.library.back
        with self.library.evaluation_context(arguments.values()):
            outputs, gradients = self.vjp({n: there(a) for n, a in arguments.items()})
            return tuple(back(outputs)), lambda ups: back(gradients([there(u) for u in ups]))

    def vjp(self, values: Mapping[str, Any]) -> tuple[list[Any], Callable[[list[Any]], Any]]:
        """The same for the library's own arrays."""
        outputs, returned = self.pair.run(values)
        return list(outputs), lambda ups: self.pair.pull(tuple(ups), returned)

    def pull(self, upstream: tuple[Any, ...], gradients: Callable[[Any], Any]) -> Any:
        """What backward returns."""
        with self.library.evaluation_context(upstream):
            return gradients(upstream)

    @cached_property
    def perturbed_programs(self) -> TracedPrograms:
        """The same under JAX, every operation moved."""
        return TracedPrograms(self.vjp)

    def script(self, arguments: Mapping[str, str], gradients: Sequence[str]) -> Script:
        """How a person calls them."""
        assert self.pair.script is not None
        paired = self.pair.script(arguments, gradients)
        opening = [f"import {self.library.xp.__name__} as xp", paired.opening]
        if self.library.is_jax:
            opening.insert(0, 'import jax\njax.config.update("jax_enable_x64", True)')
        return replace(paired, opening="\n".join(filter(None, opening)))


def code(name: str, thing: tuple[Callable[..., Any], Callable[..., Any]], keywords: Keywords) -> Code:
    """The code of two functions.  Raises AdapterError where xp is missing, or no namespace of arrays."""
    calling = ArrayApiCalls(ArrayLibrary(require_namespace(name, keywords)), pair.code(name, thing, keywords))
    sent = lambda text, differentiable: f"xp.asarray({text})"  # noqa: E731
    return replace(calling.pair, run=calling.run, pull=calling.pull, plain=None, script=calling.script, sent=sent)


def require_namespace(name: str, keywords: Keywords) -> Any:
    """The namespace that was given.  Raises AdapterError where there is none."""
    xp = keywords.options.xp
    if not callable(getattr(xp, "asarray", None)):
        said = "xp is missing" if xp is None else f"xp is {xp!r}, which has no asarray"
        raise AdapterError(f"{name}: {said}; give the library of its arrays, as in xp=array_api_strict or xp=jax.numpy")
    return xp


CONVENTION = ModuleConvention(
    "array_api", "the same, on arrays of another library; wants xp=", code, takes_two_functions=True
)
