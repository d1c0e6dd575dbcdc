"""A traced JAX program as straight-line NumPy source: one line per equation, calls inlined, sizes computed from the
shapes of the arguments.

JAX differentiates, NumPy executes: a program that was traced with symbolic sizes serves every shape, and costs no
compilation.  Loops and branches become functions inside the program.  Only the public surface of JAX is used.
"""

import inspect
import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property, partial
from typing import Any

import numpy as np

from gradcheck.oracles.primitives import counterpart
from gradcheck.oracles.watch import EXACT

BODIES = ("jaxpr", "call_jaxpr")
CALLS = frozenset({"jit", "closed_call", "remat2", "custom_jvp_call", "custom_vjp_call"})
"""Equations that run a program of their own, once."""

Foreign = Callable[[Any, Any], Callable[..., Any]]
"""Given a primitive that has no counterpart here and its parameters: what runs it instead."""


Place = tuple[int, int, int, int]
"""Where a size is read off: argument, axis, and offset and factor by which the axis is longer than the size."""


class Program:
    """Source and function of one traced program.  sizes: where the size is found that each symbol stands for.

    run(*arguments) -> results.  watched(watch, *arguments) -> results, each result of an inexact operation replaced by
    watch(primitive, result, operands).  shapes(*arguments) -> the shapes of the results.  foreign: the primitives that
    NumPy does not run.
    """

    def __init__(self, traced: Any, sizes: dict[str, Place], foreign: Foreign) -> None:
        self.traced, self.sizes, self.runs_instead = traced, sizes, foreign
        self.foreign: set[str] = set()
        self.source, constants = Writer(self.foreign, foreign, watched=False).program(traced, sizes)
        run, self.shapes = assembled(self.source, constants)
        self.run: Callable[..., list[Any]] = partial(run, None)

    @cached_property
    def watched(self) -> Callable[..., list[Any]]:
        """The program under watch, written when it is first wanted."""
        writer = Writer(self.foreign, self.runs_instead, watched=True)
        return assembled(*writer.program(self.traced, self.sizes))[0]


def assembled(text: str, constants: dict[str, Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """The functions that a source defines."""
    names = {"floordiv": int.__floordiv__, "mod": int.__mod__, **constants}
    exec(compile(text, "<traced reference>", "exec"), names)
    return names["program"], names["shapes"]


class Writer:
    """Writes one program."""

    def __init__(self, used: set[str], foreign: Foreign, watched: bool) -> None:
        self.used, self.foreign, self.watched = used, foreign, watched
        self.constants: dict[str, Any] = {}
        self.numbers = itertools.count()

    def program(self, traced: Any, sizes: dict[str, Place]) -> tuple[str, dict[str, Any]]:
        """The source of a closed program, and the constants that it speaks of."""
        arguments = [self.name("a") for _ in traced.jaxpr.invars]
        header = [
            f"{symbol} = ({arguments[i]}.shape[{axis}] - {offset}) // {factor}"
            for symbol, (i, axis, offset, factor) in sizes.items()
        ]
        body, results = self.body(traced.jaxpr, traced.consts, arguments)
        shapes = [self.rendered(tuple(v.aval.shape), []) for v in traced.jaxpr.outvars]
        lines = [
            f"def program(watch, {', '.join(arguments)}):",
            *indented([*header, *body, f"return [{', '.join(results)}]"]),
            f"def shapes({', '.join(arguments)}):",
            *indented([*header, f"return [{', '.join(shapes)}]"]),
        ]
        return "\n".join(lines) + "\n", self.constants

    def name(self, prefix: str) -> str:
        """A name that nothing else has."""
        return f"{prefix}{next(self.numbers)}"

    def constant(self, value: Any) -> str:
        """The name of a constant."""
        name = self.name("k")
        self.constants[name] = value
        return name

    def body(self, jaxpr: Any, constants: Sequence[Any], arguments: Sequence[str]) -> tuple[list[str], list[str]]:
        """The lines of a program, and the names of its results."""
        names = dict(zip(jaxpr.invars, arguments, strict=True))
        names |= {v: self.constant(np.asarray(c)) for v, c in zip(jaxpr.constvars, constants, strict=True)}
        lines: list[str] = []

        def read(atom: Any) -> str:
            if hasattr(atom, "val"):
                return self.constant(np.asarray(atom.val, atom.aval.dtype)[()])
            return names[atom]

        for equation in jaxpr.eqns:
            operands = [read(v) for v in equation.invars]
            if inner := called(equation):
                more, results = self.body(*inner, operands)
                lines += more
            else:
                results = [self.name("v") for _ in equation.outvars]
                lines += self.line(equation, operands, results)
            names |= zip(equation.outvars, results, strict=True)
        return lines, [read(v) for v in jaxpr.outvars]

    def line(self, equation: Any, operands: list[str], results: list[str]) -> Iterator[str]:
        """One equation."""
        primitive, params = equation.primitive.name, equation.params
        before: list[str] = []
        function, given = counterpart(primitive, params), []
        if function is None:
            self.used.add(primitive)
            if any(map(has_symbols, params.values())):
                raise NotImplementedError(f"{primitive} runs on XLA, which wants its sizes in numbers")
            function = self.foreign(equation.primitive, params)
        else:
            known = params | {"results": [(tuple(v.aval.shape), v.aval.dtype) for v in equation.outvars]}
            given = [f"{n}={self.rendered(known[n], before)}" for n in parameters(function) if n in known]
        yield from before
        left = f"[{', '.join(results)}]" if equation.primitive.multiple_results else results[0]
        yield f"{left} = {self.constant(function)}({', '.join([*operands, *given])})"
        if self.watched and primitive not in EXACT:
            for variable, result in zip(equation.outvars, results, strict=True):
                if getattr(variable.aval.dtype, "kind", "") in ("f", "c"):  # random keys have no kind
                    yield f"{result} = watch({primitive!r}, {result}, [{', '.join(operands)}])"

    def rendered(self, value: Any, before: list[str]) -> str:
        """A parameter as source; a program becomes a function, whose lines go `before`."""
        if value is None or isinstance(value, (bool, str, int, np.integer)):
            return repr(value if value is None or isinstance(value, (bool, str)) else int(value))
        if is_symbolic(value):
            return f"({str(value).replace('^', '**')})"
        if hasattr(value, "_fields"):
            return f"{self.constant(type(value))}({', '.join(self.rendered(v, before) for v in value)})"
        if isinstance(value, (tuple, list)):
            return f"({''.join(self.rendered(v, before) + ', ' for v in value)})"
        if hasattr(value, "eqns"):
            return self.function(value, before)
        return self.constant(value)

    def function(self, program: Any, before: list[str]) -> str:
        """The name of a program as a function of its own."""
        jaxpr, constants = opened(program)
        name, arguments = self.name("f"), [self.name("a") for _ in jaxpr.invars]
        body, results = self.body(jaxpr, constants, arguments)
        before += [
            f"def {name}({', '.join(arguments)}):",
            *indented([*body, f"return [{', '.join(results)}]"]),
        ]
        return name


def indented(lines: Sequence[str]) -> list[str]:
    """Lines one level deeper."""
    return [f"    {line}" for line in lines]


def opened(program: Any) -> tuple[Any, Sequence[Any]]:
    """A program, closed or not, as (jaxpr, constants)."""
    return (program.jaxpr, program.consts) if hasattr(program, "consts") else (program, ())


def called(equation: Any) -> tuple[Any, Sequence[Any]] | None:
    """The program that a call runs; None for any other equation."""
    if equation.primitive.name not in CALLS:
        return None
    return opened(next(equation.params[name] for name in BODIES if name in equation.params))


def is_symbolic(value: Any) -> bool:
    """Whether a size is an expression over symbols."""
    import jax.export  # noqa: PLC0415

    return bool(jax.export.is_symbolic_dim(value))


def has_symbols(value: Any) -> bool:
    """Whether a parameter, or a program in it, speaks of symbolic sizes."""
    if isinstance(value, (tuple, list)):
        return any(map(has_symbols, value))
    if hasattr(value, "eqns"):
        jaxpr, _ = opened(value)
        return any(has_symbols(tuple(v.aval.shape)) for v in (*jaxpr.invars, *jaxpr.outvars))
    return is_symbolic(value)


@cache
def parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names that a function of the table gives to its operands and parameters."""
    return () if isinstance(function, np.ufunc) else tuple(inspect.signature(function).parameters)
