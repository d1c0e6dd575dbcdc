"""The reference and its vjp, traced by JAX: once per pattern with symbolic sizes where that can be, else for every
shape anew; either way it becomes a NumPy program.  What NumPy has no counterpart for is compiled by XLA."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np

from gradcheck.declaration.shape import parse_expression
from gradcheck.evaluation.descriptions import describe_raised
from gradcheck.evaluation.outside_stops import comes_from_outside
from gradcheck.oracles.jaxpr.equations import UPSTREAM_PRIMITIVE
from gradcheck.oracles.jaxpr.inlining import trace_inlined
from gradcheck.oracles.jaxpr.numpy_program import Program
from gradcheck.oracles.jaxpr.pattern import FreeSetting, Pattern, Size
from gradcheck.oracles.jaxpr.symbolic_sizes import SETTINGS_ARGUMENT, SizeLocation

Settings = tuple[tuple[str, Any], ...]

CHEAP_COMPILER_OPTIONS: dict[str, Any] = {
    "xla_backend_optimization_level": 0,
    "xla_llvm_disable_expensive_passes": True,
    "xla_cpu_use_fusion_emitters": False,
    "xla_cpu_parallel_codegen_split_count": 1,
}
"""A program runs a few times only: these flags make compiling some five times cheaper, and the result no less exact."""

MAX_COMPILED = 256
"""Shapes for which one primitive of a program stays compiled."""

MAX_PATTERNS, MAX_SHAPES = 4096, 1024
"""Traces that are kept, the latest of all ops: for patterns, and for shapes that are traced by themselves."""


@dataclass(frozen=True)
class Signature:
    """The parts that a trace depends on besides sizes.  settings: values, or Free; dtypes: of the inputs; moving:
    which of them have a gradient."""

    reference: Callable[..., Any]
    settings: Settings
    dtypes: tuple[Any, ...]
    moving: tuple[bool, ...]


class ReferenceTooLong(Exception):
    """The reference is traced for every shape anew, and has too many operations for these."""


MOST_EQUATIONS = 500
"""Operations of a reference that is traced for one shape alone: about a second."""
MOST_ELEMENTS_UNKNOWN = 256
"""Elements of the inputs for which it is traced before it is known how its operations grow with them."""


class AnewTraces:
    """How many operations a reference had for shapes that were traced by themselves, by the elements of the inputs: a
    loop over elements, written in Python, has as many as these have, or their square."""

    def __init__(self) -> None:
        self.equations: dict[int, int] = {}

    def require_few(self, elements: int) -> None:
        """Raise ReferenceTooLong where too many operations are to be expected."""
        known = max((n for n in self.equations if n <= elements), default=0)
        if len(self.equations) < 2:
            is_too_long = elements > MOST_ELEMENTS_UNKNOWN
        elif known and len(set(self.equations.values())) > 1:
            is_too_long = self.equations[known] * (elements / known) ** 2 > MOST_EQUATIONS
        else:
            is_too_long = False
        if is_too_long:
            raise ReferenceTooLong(f"the reference asks for its sizes, and {elements} elements are too many")


@dataclass(frozen=True)
class TracedReference:
    """program: outputs, then gradients of the moving inputs, from inputs and upstream.  outputs: how many.
    anew: why it serves these shapes alone, "" where it serves the whole pattern.  equations: how many operations JAX
    wrote down."""

    signature: Signature
    program: Program
    outputs: int
    anew: str = ""
    equations: int = 0

    @property
    def free(self) -> tuple[str, ...]:
        """The settings that the program wants to be told."""
        return tuple(name for name, value in self.signature.settings if isinstance(value, FreeSetting))


def trace_first_possible(
    candidates: Sequence[tuple[Signature, Pattern]], shapes: Pattern, anew: AnewTraces
) -> TracedReference:
    """The program for the first of some patterns that can be traced, or for these shapes where the reference asks what
    its sizes are.  Raises what the reference raises, and ReferenceTooLong."""
    reasons = []
    for signature, pattern in candidates:
        symbolic = try_trace(signature, pattern)
        if isinstance(symbolic, TracedReference):
            return symbolic
        reasons.append(symbolic)
    elements = sum(math.prod(map(int, shape)) for shape in shapes)
    anew.require_few(elements)
    found = trace_concrete_shapes(candidates[-1][0], shapes, reasons[-1])
    anew.equations[elements] = max(found.equations, anew.equations.get(elements, 0))
    return found


@lru_cache(maxsize=MAX_PATTERNS)
def try_trace(signature: Signature, pattern: Pattern) -> TracedReference | str:
    """The program for a pattern, or why there is none."""
    try:
        return trace_at_sizes(signature, pattern, "")
    except Exception as error:  # a reference may do anything with a size that is not yet a number
        return describe_raised(error).partition(r"\n")[0]


@lru_cache(maxsize=MAX_SHAPES)
def trace_concrete_shapes(signature: Signature, shapes: Pattern, anew: str) -> TracedReference:
    """The program for these shapes alone."""
    return trace_at_sizes(signature, shapes, anew)


def trace_at_sizes(signature: Signature, pattern: Pattern, anew: str) -> TracedReference:
    """Trace the reference and its vjp at the sizes of a pattern."""
    import jax.export

    sizes = locate_symbols(pattern, [v.text for _, v in signature.settings if isinstance(v, FreeSetting)])
    struct: Callable[..., Any] = jax.ShapeDtypeStruct
    with use_jax_in_float64():
        values = dict(zip(sizes, jax.export.symbolic_shape(", ".join(sizes)), strict=True)) if sizes else {}
        shapes = [tuple(evaluate_size(size, values) for size in dims) for dims in pattern]
        inputs = [struct(shape, dtype) for shape, dtype in zip(shapes, signature.dtypes, strict=True)]
        settled = replace(
            signature,
            settings=tuple(
                (n, evaluate_size(v.text, values) if isinstance(v, FreeSetting) else v) for n, v in signature.settings
            ),
        )
        make: Callable[..., Any] = jax.make_jaxpr(differentiate_reference(settled), return_shape=True)
        traced, (outputs, _) = trace_inlined(signature.reference, lambda: make(inputs), is_last=not sizes)
        program = Program(traced, len(outputs), sizes, compile_by_xla)
        return TracedReference(signature, program, len(outputs), anew, len(traced.jaxpr.eqns))


def evaluate_size(size: Size, values: dict[str, Any]) -> Any:
    """A size as JAX takes it."""
    return size if isinstance(size, int) else parse_expression(size).value(values)


def locate_symbols(pattern: Pattern, settings: Sequence[str]) -> dict[str, SizeLocation]:
    """Where each symbol can be read off the settings or the inputs: from an axis of its own, or else from a multiple of
    it; from no square, and no quotient.  Each behind those that it is read off with."""
    found: dict[str, SizeLocation] = {}
    sizes = [(size, i, axis) for i, dims in enumerate(pattern) for axis, size in enumerate(dims)]
    texts = sorted(((s, i, a) for s, i, a in sizes if isinstance(s, str)), key=lambda row: len(row[0]))
    for size, i, axis in [*((text, SETTINGS_ARGUMENT, k) for k, text in enumerate(settings)), *texts]:
        names = parse_expression(size).names
        unknown = names - found.keys()
        if len(unknown) == 1 and "//" not in size:
            (symbol,) = unknown
            factor, offset = solve_multiple(size, symbol, names - unknown)
            if factor:
                found[symbol] = (i, axis, offset, factor)
    return found


def solve_multiple(size: str, symbol: str, others: frozenset[str]) -> tuple[int | str, int]:
    """By how much a size grows with a symbol, and what it is at zero; 0 where it is no multiple of the symbol, or of
    the symbol and one other."""
    if size.count(symbol) > 1 or len(others) > 1:
        return 0, 0
    at = {n: [parse_expression(size).value({symbol: v} | dict.fromkeys(others, n)) for v in (0, 1)] for n in (2, 3)}
    if others:
        (other,) = others
        return (other, 0) if at == {2: [0, 2], 3: [0, 3]} else (0, 0)
    zero, one = at[2]
    return max(one - zero, 0), zero


class ReferenceExit(Exception):
    """A reference raised what is no Exception, such as SystemExit."""


def bind_settings(signature: Signature) -> Callable[..., tuple[Any, ...]]:
    """The reference with its settings; always a tuple of outputs, which have a dtype: also a number that depends on no
    input."""

    def run(*point: Any) -> tuple[Any, ...]:
        try:
            y = signature.reference(*point, **dict(signature.settings))
        except BaseException as error:
            if isinstance(error, Exception) or comes_from_outside(error):
                raise
            raise ReferenceExit(describe_raised(error)) from error
        outputs = tuple(y) if isinstance(y, (tuple, list)) else (y,)
        return tuple(np.float64(y) if type(y) in (int, float) else y for y in outputs)

    return run


def differentiate_reference(signature: Signature) -> Callable[..., tuple[list[Any], list[Any]]]:
    """Outputs and gradients of the moving inputs, from inputs and upstream; while it is traced, without an upstream,
    whose shapes are not yet known."""
    import jax

    reference, moving = bind_settings(signature), signature.moving

    def run(point: Sequence[Any], ups: Sequence[Any] | None = None) -> tuple[list[Any], list[Any]]:
        def of_moving(*moved: Any) -> tuple[Any, ...]:
            remaining = iter(moved)
            return reference(*(next(remaining) if moves else a for a, moves in zip(point, moving, strict=True)))

        outputs, pull = jax.vjp(of_moving, *(a for a, moves in zip(point, moving, strict=True) if moves))
        given = [
            make_upstream_primitive().bind(y, index=i) if ups is None else ups[i].astype(y.dtype)
            for i, y in enumerate(outputs)
        ]
        return list(outputs), list(pull(tuple(given)))

    return run


@cache
def make_upstream_primitive() -> Any:
    """The primitive that stands in a trace for the upstream of an output, known by its number."""
    from jax.extend.core import Primitive

    primitive: Any = Primitive(UPSTREAM_PRIMITIVE)
    primitive.def_abstract_eval(lambda y, index: y)
    return primitive


def compile_cheaply(lowered: Any) -> Callable[..., Any]:
    """Compile what JAX has lowered, by the options of CHEAP_COMPILER_OPTIONS that the installed XLA has."""
    return lowered.compile(compiler_options=find_compiler_options())


@cache
def find_compiler_options() -> dict[str, Any]:
    """Find the options of CHEAP_COMPILER_OPTIONS that the installed XLA has, by compiling next to nothing: it refuses
    those that it has not, and versions differ (JAX 0.12 has no xla_cpu_use_fusion_emitters)."""
    import jax

    def are_known(options: dict[str, Any]) -> bool:
        try:
            jax.jit(lambda: 0).lower().compile(compiler_options=options)
        except jax.errors.JaxRuntimeError:
            return False
        return True

    with use_jax_in_float64():
        if are_known(CHEAP_COMPILER_OPTIONS):
            return CHEAP_COMPILER_OPTIONS
        return {name: value for name, value in CHEAP_COMPILER_OPTIONS.items() if are_known({name: value})}


def compile_by_xla(primitive: Any, parameters: dict[str, Any]) -> Callable[..., Any]:
    """One primitive, compiled for each shape that it meets; the latest MAX_COMPILED of them are kept."""

    @lru_cache(maxsize=MAX_COMPILED)
    def compiled(structs: tuple[Any, ...]) -> Any:
        import jax

        return compile_cheaply(jax.jit(lambda *xs: primitive.bind(*xs, **parameters)).lower(*structs))

    def run(*operands: Any) -> Any:
        import jax

        struct: Callable[..., Any] = jax.ShapeDtypeStruct
        arrays = [*map(move_to_host, operands)]
        with use_jax_in_float64():
            results = compiled(tuple(struct(a.shape, a.dtype) for a in arrays))(*arrays)
        return [*map(move_to_host, results)] if primitive.multiple_results else move_to_host(results)

    return run


def move_to_host(a: Any) -> Any:
    """An array of NumPy's, unless it holds random keys, which NumPy does not know."""
    return np.asarray(a) if isinstance(a.dtype, np.dtype) else a


@contextmanager
def use_jax_in_float64() -> Iterator[None]:
    """JAX on the CPU, in the precision of the oracles."""
    import jax

    with jax.enable_x64(True), jax.default_device(jax.devices("cpu")[0]):
        yield
