"""A function with a rule of its own, called as jax.vjp calls it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.adapters.conversion import collect_arrays, convert_arrays, holds_numbers
from gradcheck.adapters.frameworks.jax_program import JaxArguments, TracedPrograms, UntraceableError
from gradcheck.adapters.source_names import make_caller
from gradcheck.oracles.jaxpr.trace import use_jax_in_float64


@dataclass(frozen=True)
class JaxRule:
    """function: what holds the rule.  constant: the parameters that are never differentiated."""

    function: Callable[..., Any]
    constant: frozenset[str]

    def run(self, arguments: JaxArguments) -> tuple[tuple[Any, ...], Any]:
        """Outputs, and as the cache a function upstreams → gradients, which may be called again.  What cannot be traced
        runs under JAX, one operation after the other."""
        try:
            outputs = self.programs(arguments, ())
        except UntraceableError:
            return self.run_eagerly(arguments)

        def gradients(ups: Sequence[Any]) -> list[Any]:
            try:
                return self.insert_missing_gradients(arguments, self.programs(arguments, ups))
            except UntraceableError:
                return list(self.run_eagerly(arguments)[1](ups))

        return tuple(map(np.array, outputs)), gradients

    def run_eagerly(self, arguments: JaxArguments) -> tuple[tuple[Any, ...], Callable[[Sequence[Any]], list[Any]]]:
        """Return outputs and vjp by JAX itself, untraced."""
        with use_jax_in_float64():
            outputs, pull = self.vjp({n: to_jax(v) for n, v in arguments.items()})
            return tuple(map(np.array, outputs)), lambda ups: self.insert_missing_gradients(
                arguments, pull([to_jax(u) for u in ups])
            )

    def pull(self, upstream: tuple[Any, ...], gradients: Callable[[Any], list[Any]]) -> list[Any]:
        """A gradient for each array that was passed, None for one that is never differentiated."""
        with use_jax_in_float64():
            return gradients(upstream)

    @cached_property
    def programs(self) -> TracedPrograms:
        """The function as NumPy runs it."""
        return TracedPrograms(self.vjp)

    @cached_property
    def call(self) -> Callable[[Callable[..., Any], JaxArguments], Any]:
        """How the function is called."""
        return make_caller(self.function)

    def outputs(self, values: JaxArguments) -> list[Any]:
        """The outputs in order, however they are nested; whole numbers, which have no gradient, are left out."""
        import jax

        every = jax.tree.leaves(self.call(self.function, values))
        return [y for y in every if jax.numpy.issubdtype(y.dtype, jax.numpy.inexact)] or every

    def vjp(self, values: JaxArguments) -> tuple[list[Any], Callable[[list[Any]], list[Any]]]:
        """Outputs, and a function upstreams → gradients of what is differentiated."""
        import jax

        moving = {n: v for n, v in values.items() if self.is_differentiated(n, v)}
        outputs, pull = jax.vjp(lambda moved: self.outputs({**values, **moved}), moving)

        def gradients(upstream: list[Any]) -> list[Any]:
            (found,) = pull(upstream)
            return [g for n in moving for g in jax.tree.leaves(found[n])]

        return outputs, gradients

    def is_differentiated(self, name: str, value: Any) -> bool:
        """Whether an argument is differentiated: real numbers, unless they are declared constant."""
        arrays = value if isinstance(value, tuple) else (value,)
        return name not in self.constant and all(hasattr(a, "dtype") and a.dtype.kind in "fc" for a in arrays)

    def insert_missing_gradients(self, arguments: JaxArguments, found: Sequence[Any]) -> list[Any]:
        """The gradients that there are, None for the arrays between them that have none."""
        remaining = map(np.array, found)
        moves = [
            self.is_differentiated(n, v) for n, v in arguments.items() if holds_numbers(v) for _ in collect_arrays([v])
        ]
        return [next(remaining) if one else None for one in moves]


def to_jax(value: Any) -> Any:
    """An argument as JAX takes it, on memory of its own: NumPy's arrays as JAX's, everything else as it is."""
    import jax

    return convert_arrays(value, jax.numpy.array)
