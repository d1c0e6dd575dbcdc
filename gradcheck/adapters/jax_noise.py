"""Monte Carlo arithmetic under JAX: a function is traced, and NumPy runs it with every inexact operation moved."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gradcheck.adapters.foreign import holds_numbers
from gradcheck.arrays import key
from gradcheck.oracles.numpy_jaxpr import Program
from gradcheck.oracles.rounding import Noisy, bare
from gradcheck.oracles.trace import compiled_by_xla, jax_in_float64
from gradcheck.oracles.watch import Watch

Arguments = Mapping[str, Any]
Differentiated = Callable[[Arguments], tuple[list[Any], Callable[[list[Any]], Any]]]
"""Arguments by name → outputs, and a function upstreams → gradients, for arrays of JAX's."""


@dataclass(frozen=True)
class Moved:
    """A function as NumPy runs it under noise.  programs: what has been traced, and how its results are nested, by
    shapes, dtypes and constants."""

    function: Differentiated
    programs: dict[Any, tuple[Program, Any]] = field(default_factory=dict, compare=False)

    def __call__(self, arguments: Arguments, upstream: Sequence[Any]) -> Any:
        """The gradients, or without an upstream the outputs."""
        import jax  # noqa: PLC0415

        names = tuple(n for n, v in arguments.items() if holds_numbers(v))
        others = {n: v for n, v in arguments.items() if n not in names}
        flat, tree = jax.tree.flatten(jax.tree.map(bare, ([arguments[n] for n in names], list(upstream))))
        wanted = names, tree, *((a.shape, a.dtype) for a in flat), identity(others)
        with jax_in_float64():
            if wanted not in self.programs:
                self.programs[wanted] = self.traced(names, others, tree, flat)
            program, nested = self.programs[wanted]
            return jax.tree.unflatten(nested, program.watched(Watch(Noisy.noise), *flat))

    def traced(self, names: Sequence[str], others: Arguments, tree: Any, flat: Sequence[Any]) -> tuple[Program, Any]:
        """The program for arrays of these shapes, and how its results are nested."""
        import jax  # noqa: PLC0415

        def run(*given: Any) -> Any:
            values, ups = jax.tree.unflatten(tree, given)
            outputs, gradients = self.function({**dict(zip(names, values, strict=True)), **others})
            return gradients(ups) if ups else outputs

        made, shapes = jax.make_jaxpr(run, return_shape=True)(*flat)
        return Program(made, 0, {}, compiled_by_xla), jax.tree.structure(shapes)


def identity(constants: Arguments) -> Any:
    """What tells constants from others: arrays by all of their elements, anything else by how it is written."""
    import jax  # noqa: PLC0415

    flat, tree = jax.tree.flatten(constants)
    return tree, *(key((np.asarray(a),)) if hasattr(a, "__array__") else repr(a) for a in flat)
