"""The writer of a program: a line of NumPy for each equation that is needed."""

import inspect
import itertools
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from gradcheck.oracles.jaxpr.equations import (
    UPSTREAM_PRIMITIVE,
    compute_placed_shape,
    count_scan_parts,
    find_called_program,
    has_symbols,
    is_pure_broadcast,
    is_pure_reshape,
    select_needed_equations,
    unpack_program,
)
from gradcheck.oracles.jaxpr.idioms import IDIOMS, shape_of
from gradcheck.oracles.jaxpr.numpy_broadcasts import UnbroadcastArray, find_numpy_broadcasts
from gradcheck.oracles.jaxpr.primitives import find_counterpart
from gradcheck.oracles.jaxpr.symbolic_sizes import SizeLocation, SymbolicShape, is_symbolic, write_size_lookup
from gradcheck.oracles.jaxpr.watch import EXACT_PRIMITIVES, NORMWISE_PRIMITIVES, OPERAND

ForeignFactory = Callable[[Any, Any], Callable[..., Any]]
"""Given a primitive that has no counterpart here and its parameters: what runs it instead."""


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
            parts = count_scan_parts(equation) if primitive == "scan" else {}
            known = params | parts | {"results": [(shape_of(v), v.aval.dtype) for v in equation.outvars]}
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


def indent_lines(lines: Sequence[str]) -> list[str]:
    """Lines one level deeper."""
    return [f"    {line}" for line in lines]


@cache
def list_parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names that a function of the table gives to its operands and parameters.  Kept for each function of the
    table, whose number is fixed."""
    return () if isinstance(function, np.ufunc) else tuple(inspect.signature(function).parameters)
