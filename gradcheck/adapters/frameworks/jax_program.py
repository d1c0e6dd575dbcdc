"""A function under JAX as NumPy runs it: traced once for its shapes, then run exactly, or with every inexact operation
moved.

JAX would dispatch one operation after the other, and compile each for every shape, at a hundred times the cost.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.adapters.conversion import find_noise_of_arguments, holds_numbers
from gradcheck.arrays import make_point_key
from gradcheck.oracles.error_factors import HALF_THE_DIGITS
from gradcheck.oracles.jaxpr.bounded_cache import BoundedCache
from gradcheck.oracles.jaxpr.numpy_program import Program
from gradcheck.oracles.jaxpr.trace import compile_by_xla, use_jax_in_float64
from gradcheck.oracles.jaxpr.watch import Watch
from gradcheck.oracles.noisy_arrays import strip_noise

JaxArguments = Mapping[str, Any]
VjpFunction = Callable[[JaxArguments], tuple[list[Any], Callable[[list[Any]], Any]]]
"""Arguments by name → outputs, and a function upstreams → gradients, for arrays of JAX's."""

VERIFIED_PROGRAMS = 4
"""Programs of a function that are compared with JAX's own results, which for each shape cost a compilation."""


MAX_TRACED_PROGRAMS = 256
"""Programs of a function that are kept, by the shapes, dtypes and constants that it was called with."""


class UntraceableError(Exception):
    """JAX cannot trace the function, as where it asks for a value, or NumPy makes something else of it than XLA."""


@dataclass(frozen=True)
class TracedPrograms:
    """A function's programs.  known: what was traced, and how its results are nested, by shapes, dtypes and constants;
    None where it cannot be."""

    function: VjpFunction
    known: BoundedCache[tuple[Program, Any] | None] = field(
        default_factory=lambda: BoundedCache(MAX_TRACED_PROGRAMS), compare=False
    )

    def __call__(self, arguments: JaxArguments, upstream: Sequence[Any]) -> Any:
        """The gradients, or without an upstream the outputs; with every operation moved where an array is Noisy.
        Raises Untraced."""
        import jax

        names = tuple(n for n, v in arguments.items() if holds_numbers(v))
        others = {n: v for n, v in arguments.items() if n not in names}
        given = [arguments[n] for n in names], list(upstream)
        flat, tree = jax.tree.flatten(jax.tree.map(strip_noise, given))
        wanted = names, tree, *((a.shape, a.dtype) for a in flat), make_constants_key(others)
        with use_jax_in_float64():
            found = self.known.find(wanted, lambda: self.program(names, others, tree, flat))
            if found is None:
                raise UntraceableError("JAX cannot trace it, or NumPy cannot run it")
            program, nested = found
            noise = find_noise_of_arguments([*arguments.values(), *upstream])
            results = program.watched(Watch(noise), *flat) if noise else program.run(*flat)
            return jax.tree.unflatten(nested, results)

    def program(
        self, names: Sequence[str], others: JaxArguments, tree: Any, flat: Sequence[Any]
    ) -> tuple[Program, Any] | None:
        """The program for arrays of these shapes, and how its results are nested; None where there is none.  The first
        few must agree with what JAX makes of the function itself."""
        import jax

        def run(*given: Any) -> Any:
            values, ups = jax.tree.unflatten(tree, given)
            outputs, gradients = self.function({**dict(zip(names, values, strict=True)), **others})
            return gradients(ups) if ups else outputs

        try:
            made, shapes = jax.make_jaxpr(run, return_shape=True)(*flat)
            program = Program(made, 0, {}, compile_by_xla)
            mine = program.run(*flat) if len(self.known) < VERIFIED_PROGRAMS else []
        except Exception:  # the function may do anything with what is not yet a number
            return None
        theirs = jax.tree.leaves(run(*map(jax.numpy.asarray, flat))) if mine else []
        same = all(
            np.allclose(a, b, rtol=HALF_THE_DIGITS, atol=0, equal_nan=True) for a, b in zip(mine, theirs, strict=True)
        )
        return (program, jax.tree.structure(shapes)) if same else None


def make_constants_key(constants: JaxArguments) -> Any:
    """Return a key that tells constants from others: arrays by all of their elements, anything else by how
    it is written."""
    import jax

    flat, tree = jax.tree.flatten(constants)
    return tree, *(make_point_key((np.asarray(a),)) if hasattr(a, "__array__") else repr(a) for a in flat)
