"""A traced JAX program as straight-line NumPy source: a line per equation, calls inlined, sizes computed from the
shapes of the arguments.

JAX differentiates, NumPy executes: a program that was traced with symbolic sizes serves every shape, and costs no
compilation.  Loops and branches become functions inside the program.  Only the public surface of JAX is used.
"""

import inspect
import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, partial
from typing import Any

import numpy as np

from gradcheck.oracles.jaxpr.idioms import IDIOMS, shape_of
from gradcheck.oracles.jaxpr.primitives import find_counterpart
from gradcheck.oracles.jaxpr.watch import EXACT_PRIMITIVES, NORMWISE_PRIMITIVES, OPERAND

BODY_PARAMETERS = ("jaxpr", "call_jaxpr")
CALL_PRIMITIVES = frozenset({"jit", "closed_call", "remat2", "custom_jvp_call", "custom_vjp_call"})
"""Equations that run a program of their own, once."""

ForeignFactory = Callable[[Any, Any], Callable[..., Any]]
"""Given a primitive that has no counterpart here and its parameters: what runs it instead."""


SymbolicShape = tuple[Any, ...]
"""Sizes, symbolic ones among them."""

SizeLocation = tuple[int, int, int, int | str]
"""Where a size is read off: argument, axis, and offset and factor by which the axis is longer than the size; the
factor may be another size."""

SETTINGS_ARGUMENT = -1
"""The argument that stands for the settings, each of them an axis."""

MAX_CACHED_SIZES = 64
"""Sizes for which a program keeps what depends on them alone."""

ELEMENTWISE_PRIMITIVES = frozenset(
    {"add", "add_any", "and", "atan2", "div", "max", "min", "mul", "or", "pow", "rem", "select_n", "sub", "xor"}
    | {"eq", "ge", "gt", "le", "lt", "ne"}
)
"""Primitives on several operands whose counterparts repeat those that are shorter along an axis."""


UPSTREAM_PRIMITIVE = "upstream"
"""The primitive that stands for an argument behind the others, by its parameter `index`."""


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
    """The functions that a source defines."""
    names = {"np": np, "floordiv": int.__floordiv__, "mod": int.__mod__, **constants}
    names["once_per_size"] = lru_cache(maxsize=MAX_CACHED_SIZES)
    exec(compile(text, "<traced reference>", "exec"), names)
    return names["program"], names["shapes"]


class SourceWriter:
    """Writes one program.

    What nothing needs is left out, what is written twice is computed once, and what depends on sizes alone, as the
    indices of a convolution do, goes into a function of its own, which is run once per size.
    """

    def __init__(self, used: set[str], foreign: ForeignFactory, watched: bool) -> None:
        self.used_foreign, self.foreign, self.watched = used, foreign, watched
        self.constants: dict[str, Any] = {}
        self.upstreams: list[str] = []
        self.numbers = itertools.count()
        self.prepared: list[str] = []
        self.per_size_names: set[str] = set()
        self.known: dict[str, list[str]] = {}
        self.before: dict[str, tuple[str, SymbolicShape]] = {}

    def program(self, traced: Any, upstreams: int, sizes: dict[str, SizeLocation]) -> tuple[str, dict[str, Any]]:
        """The source of a closed program, and the constants that it speaks of."""
        arguments = [self.name("a") for _ in traced.jaxpr.invars]
        self.upstreams = [self.name("a") for _ in range(upstreams)]
        body, results = self.body(traced.jaxpr, traced.consts, arguments)
        body.append(f"return [{', '.join(results)}]")
        shapes = f"return [{', '.join(self.rendered(shape_of(v), []) for v in traced.jaxpr.outvars)}]"
        wanted = [name for name in re.findall(r"\bv\d+", "\n".join([*body, shapes])) if name in self.per_size_names]
        by_size = "".join(f"{name}, " for name in dict.fromkeys(wanted))
        arguments += self.upstreams
        header = [f"{symbol} = {write_size_lookup(arguments, place)}" for symbol, place in sizes.items()]
        header += [f"{by_size}= prepared({', '.join(sizes)})"] if wanted else []
        lines = [
            "@once_per_size",
            f"def prepared({', '.join(sizes)}):",
            *indent_lines([*self.prepared, f"return ({by_size})"]),
            f"def program(watch, {', '.join(arguments)}, settings=()):",
            *indent_lines([*header, *body]),
            f"def shapes({', '.join(arguments)}, settings=()):",
            *indent_lines([*header, shapes]),
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

    def name_literal(self, atom: Any) -> str:
        """The name of a number, the same wherever it stands."""
        value = np.asarray(atom.val, atom.aval.dtype)[()]
        spelled = f"{value.dtype} {value.tobytes()!r}"
        if spelled not in self.known:
            self.known[spelled] = [self.constant(value)]
        return self.known[spelled][0]

    def assigned(self, expression: str, operands: Sequence[str], lines: list[str]) -> str:
        """The name of an expression's value; a line for it, unless there is one already."""
        if expression.isidentifier():
            return expression
        if expression not in self.known:
            self.known[expression] = [self.name("v")]
            self.place_line(f"{self.known[expression][0]} = {expression}", self.known[expression], operands, lines)
        return self.known[expression][0]

    def place_line(self, line: str, results: Sequence[str], operands: Sequence[str], lines: list[str]) -> None:
        """Put a line with what is done once per size where its operands allow that, else with the others."""
        if all(name in self.per_size_names or name in self.constants for name in operands):
            self.prepared.append(line)
            self.per_size_names.update(results)
        else:
            lines.append(line)

    def body(self, jaxpr: Any, constants: Sequence[Any], arguments: Sequence[str]) -> tuple[list[str], list[str]]:
        """The lines of a program, and the names of its results."""
        names = dict(zip(jaxpr.invars, arguments, strict=True))
        names |= {v: self.constant(np.asarray(c)) for v, c in zip(jaxpr.constvars, constants, strict=True)}
        thin: dict[Any, UnbroadcastArray] = {}
        lines: list[str] = []

        def read(atom: Any) -> str:
            if hasattr(atom, "val"):
                return self.name_literal(atom)
            if atom not in names:
                repeated = f"np.broadcast_to({thin[atom].name}, {self.rendered(shape_of(atom), [])})"
                names[atom] = self.assigned(repeated, [thin[atom].name], lines)
            return names[atom]

        for equation in select_needed_equations(jaxpr):
            if inner := find_called_program(equation):
                more, results = self.body(*inner, [read(v) for v in equation.invars])
                lines += more
            elif equation.primitive.name == UPSTREAM_PRIMITIVE:
                results = [self.upstreams[equation.params["index"]]]
            elif is_pure_broadcast(equation):
                (y,) = equation.outvars
                placed = compute_placed_shape(equation)
                results = [self.write_reshape(read(equation.invars[0]), shape_of(equation.invars[0]), placed, lines)]
                if placed != shape_of(y):
                    thin[y], results = UnbroadcastArray(results[0], placed), []
            elif is_pure_reshape(equation):
                x, y = shape_of(equation.invars[0]), shape_of(equation.outvars[0])
                results = [self.write_reshape(read(equation.invars[0]), x, y, lines)]
            else:
                few = {} if self.watched else find_numpy_broadcasts(equation, thin)
                operands = [few.get(id(v)) or read(v) for v in equation.invars]
                results = self.line(equation, operands, lines)
            names |= zip(equation.outvars, results, strict=False)
        return lines, [read(v) for v in jaxpr.outvars]

    def write_reshape(self, name: str, shape: SymbolicShape, target: SymbolicShape, lines: list[str]) -> str:
        """The name of an array in another shape; of one that was reshaped before, from what it was."""
        base, first = self.before.get(name, (name, shape))
        if first == target:
            return base
        found = self.assigned(f"{base}.reshape({self.rendered(target, [])})", [base], lines)
        self.before[found] = base, first
        return found

    def line(self, equation: Any, operands: list[str], lines: list[str]) -> list[str]:
        """Write one equation; the names of its results."""
        primitive, before = equation.primitive.name, list[str]()
        if self.watched and primitive in NORMWISE_PRIMITIVES:
            floats = [getattr(v.aval.dtype, "kind", "") in ("f", "c") for v in equation.invars]
            pairs = zip(operands, floats, strict=True)
            operands = [f"watch({OPERAND!r}, {name}, [])" if moves else name for name, moves in pairs]
        expression = self.expression(equation, operands, before)
        if expression in self.known or expression.isidentifier():
            return self.known.get(expression, [expression])
        results = self.known[expression] = [self.name("v") for _ in equation.outvars]
        watched = self.watched and primitive not in EXACT_PRIMITIVES
        left = ", ".join(results)
        line = f"[{left}] = {expression}" if equation.primitive.multiple_results else f"{left} = {expression}"
        if before or watched:
            lines += [*before, line]
        else:
            self.place_line(line, results, operands, lines)
        for variable, result in zip(equation.outvars, results, strict=True) if watched else ():
            if getattr(variable.aval.dtype, "kind", "") in ("f", "c"):  # random keys have no kind
                lines.append(f"{result} = watch({primitive!r}, {result}, [{', '.join(operands)}])")
        return results

    def expression(self, equation: Any, operands: list[str], before: list[str]) -> str:
        """One equation as an expression; programs that it runs become functions, whose lines go `before`."""
        primitive, params = equation.primitive.name, equation.params
        function, given = find_counterpart(primitive, params), []
        short = (
            IDIOMS[primitive](equation, operands, lambda shape: self.rendered(shape, before))
            if (function and primitive in IDIOMS)
            else None
        )
        if short is not None:
            return short
        if function is None:
            self.used_foreign.add(primitive)
            if any(map(has_symbols, params.values())):
                raise NotImplementedError(f"{primitive} runs on XLA, which wants its sizes in numbers")
            function = self.foreign(equation.primitive, params)
        else:
            known = params | {"results": [(shape_of(v), v.aval.dtype) for v in equation.outvars]}
            given = [f"{n}={self.rendered(known[n], before)}" for n in list_parameters(function) if n in known]
        return f"{self.name_function(function)}({', '.join([*operands, *given])})"

    def name_function(self, function: Callable[..., Any]) -> str:
        """The name of a function, the same wherever it is called."""
        spelled = f"function {id(function)}"  # alive as long as the constants are
        if spelled not in self.known:
            self.known[spelled] = [self.constant(function)]
        return self.known[spelled][0]

    def rendered(self, value: Any, before: list[str]) -> str:
        """A parameter as source; a program becomes a function, whose lines go `before`."""
        if value is None or isinstance(value, (bool, str, int, np.integer)):
            return repr(value if value is None or isinstance(value, (bool, str)) else int(value))
        if is_symbolic(value):
            return self.assigned(str(value).replace("^", "**"), [], before)
        if hasattr(value, "_fields"):
            return f"{self.constant(type(value))}({', '.join(self.rendered(v, before) for v in value)})"
        if isinstance(value, (tuple, list)):
            return f"({''.join(self.rendered(v, before) + ', ' for v in value)})"
        if hasattr(value, "eqns"):
            return self.function(value, before)
        return self.constant(value)

    def function(self, program: Any, before: list[str]) -> str:
        """The name of a program as a function of its own."""
        jaxpr, constants = unpack_program(program)
        name, arguments, outside = self.name("f"), [self.name("a") for _ in jaxpr.invars], dict(self.known)
        body, results = self.body(jaxpr, constants, arguments)
        self.known = outside
        before += [
            f"def {name}({', '.join(arguments)}):",
            *indent_lines([*body, f"return [{', '.join(results)}]"]),
        ]
        return name


def write_size_lookup(arguments: Sequence[str], place: SizeLocation) -> str:
    """A size as it is found in the arguments."""
    i, axis, offset, factor = place
    length = f"settings[{axis}]" if i == SETTINGS_ARGUMENT else f"{arguments[i]}.shape[{axis}]"
    return length if (offset, factor) == (0, 1) else f"({length} - {offset}) // {factor}"


def select_needed_equations(jaxpr: Any) -> list[Any]:
    """The equations that the results depend on."""
    wanted = {v for v in jaxpr.outvars if not hasattr(v, "val")}
    kept = []
    for equation in reversed(jaxpr.eqns):
        if wanted.intersection(equation.outvars):
            kept.append(equation)
            wanted.update(v for v in equation.invars if not hasattr(v, "val"))
    return kept[::-1]


def is_pure_broadcast(equation: Any) -> bool:
    """Whether an equation repeats its operand along new axes, or such as have length one."""
    return equation.primitive.name == "broadcast_in_dim" and len(equation.invars) == 1


def is_pure_reshape(equation: Any) -> bool:
    """Whether an equation leaves the elements as they are, in order: so does a reduction along axes of length one."""
    if equation.primitive.name in ("reduce_sum", "reduce_max", "reduce_min"):
        shape = shape_of(equation.invars[0])
        return all(isinstance(shape[axis], int) and shape[axis] == 1 for axis in equation.params["axes"])
    return equation.primitive.name == "squeeze" or (
        equation.primitive.name == "reshape" and equation.params["dimensions"] is None
    )


def compute_placed_shape(equation: Any) -> SymbolicShape:
    """The shape of what broadcast_in_dim repeats, its axes in their places; a number stays one."""
    shape = shape_of(equation.invars[0])
    lengths = dict(zip(equation.params["broadcast_dimensions"], shape, strict=True))
    placed = tuple(lengths.get(axis, 1) for axis in range(len(shape_of(equation.outvars[0]))))
    return placed if shape or placed == shape_of(equation.outvars[0]) else shape


@dataclass(frozen=True)
class UnbroadcastArray:
    """What is only repeated along some axes, before that is done."""

    name: str
    shape: SymbolicShape


def find_numpy_broadcasts(equation: Any, thin: Mapping[Any, UnbroadcastArray]) -> dict[int, str]:
    """By id, the operands that NumPy repeats by itself, since all of them together have the shape of the result."""
    operands = [v for v in equation.invars if not hasattr(v, "val")]
    if equation.primitive.name not in ELEMENTWISE_PRIMITIVES or thin.keys().isdisjoint(operands):
        return {}
    shapes = [thin[v].shape if v in thin else shape_of(v) for v in operands]
    target = shape_of(equation.outvars[0])
    together = all(
        any(len(shape) == len(target) and shape[axis] == length for shape in shapes)
        for axis, length in enumerate(target)
    )
    return {id(v): thin[v].name for v in operands if v in thin} if together else {}


def indent_lines(lines: Sequence[str]) -> list[str]:
    """Lines one level deeper."""
    return [f"    {line}" for line in lines]


def unpack_program(program: Any) -> tuple[Any, Sequence[Any]]:
    """A program, closed or not, as (jaxpr, constants)."""
    return (program.jaxpr, program.consts) if hasattr(program, "consts") else (program, ())


def find_called_program(equation: Any) -> tuple[Any, Sequence[Any]] | None:
    """The program that a call runs; None for any other equation."""
    if equation.primitive.name not in CALL_PRIMITIVES:
        return None
    return unpack_program(next(equation.params[name] for name in BODY_PARAMETERS if name in equation.params))


def is_symbolic(value: Any) -> bool:
    """Whether a size is an expression over symbols."""
    import jax.export  # noqa: PLC0415

    return bool(jax.export.is_symbolic_dim(value))


def has_symbols(value: Any) -> bool:
    """Whether a parameter, or a program in it, speaks of symbolic sizes."""
    if isinstance(value, (tuple, list)):
        return any(map(has_symbols, value))
    if hasattr(value, "eqns"):
        jaxpr, _ = unpack_program(value)
        return any(has_symbols(shape_of(v)) for v in (*jaxpr.invars, *jaxpr.outvars))
    return is_symbolic(value)


@cache
def list_parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names that a function of the table gives to its operands and parameters.  Kept for each function of the
    table, whose number is fixed."""
    return () if isinstance(function, np.ufunc) else tuple(inspect.signature(function).parameters)
