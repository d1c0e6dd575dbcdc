"""A traced JAX program as straight-line NumPy source: a line per equation, calls inlined, sizes computed from the
shapes of the arguments.

JAX differentiates, NumPy executes: a program that was traced with symbolic sizes serves every shape, and costs no
compilation.  Loops and branches become functions inside the program.  Only the public surface of JAX is used.
"""

from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from typing import Any

import numpy as np

from gradcheck.oracles.jaxpr.lifetimes import delete_after_last_use
from gradcheck.oracles.jaxpr.source_writer import ForeignFactory, SourceWriter
from gradcheck.oracles.jaxpr.symbolic_sizes import SizeLocation

MAX_CACHED_SIZES = 64
"""Sizes for which a program keeps what depends on them alone."""


class Program:
    """Source and function of one traced program.  upstreams: how many arguments it takes behind those that were traced.
    sizes: where the size is found that each symbol stands for.

    run(*arguments) -> results.  watched(watch, *arguments) -> results, each result of an inexact operation replaced by
    watch(primitive, result, operands).  shapes(*arguments) -> the shapes of the results.  All take the whole numbers
    settings=(…), where sizes are read off them.  foreign: the primitives that NumPy does not run.
    """

    def __init__(self, traced: Any, upstreams: int, sizes: dict[str, SizeLocation], foreign: ForeignFactory) -> None:
        self.traced, self.upstreams, self.sizes, self.foreign_factory = traced, upstreams, sizes, foreign
        self.foreign: set[str] = set()
        self.source, constants = SourceWriter(self.foreign, foreign, watched=False).program(traced, upstreams, sizes)
        run, self.shapes = compile_source(self.source, constants)
        self.run: Callable[..., list[Any]] = partial(run, None)

    @cached_property
    def watched(self) -> Callable[..., list[Any]]:
        """The program under watch, written when it is first wanted."""
        writer = SourceWriter(self.foreign, self.foreign_factory, watched=True)
        return compile_source(*writer.program(self.traced, self.upstreams, self.sizes))[0]


def compile_source(text: str, constants: dict[str, Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The functions that a source defines, which hold values no longer than they need them."""
    names = {"np": np, "floordiv": int.__floordiv__, "mod": int.__mod__, **constants}
    names["once_per_size"] = lru_cache(maxsize=MAX_CACHED_SIZES)
    exec(compile(delete_after_last_use(text), "<traced reference>", "exec"), names)
    return names["program"], names["shapes"]
