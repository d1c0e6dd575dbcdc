"""Properties of the equations of a traced program."""

from collections.abc import Sequence
from typing import Any

from gradcheck.oracles.jaxpr.high_primitives import HIGH_PRIMITIVE, expand_high_primitive
from gradcheck.oracles.jaxpr.idioms import shape_of
from gradcheck.oracles.jaxpr.symbolic_sizes import SymbolicShape, is_symbolic

BODY_PARAMETERS = ("jaxpr", "call_jaxpr")

CALL_PRIMITIVES = frozenset({"jit", "closed_call", "remat2", "custom_jvp_call", "custom_vjp_call", "eval_jaxpr"})
"""Equations that run a program of their own, once."""

UPSTREAM_PRIMITIVE = "upstream"
"""The primitive that stands for an argument behind the others, by its parameter `index`."""


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


def unpack_program(program: Any) -> tuple[Any, Sequence[Any]]:
    """A program, closed or not, as (jaxpr, constants)."""
    return (program.jaxpr, program.consts) if hasattr(program, "consts") else (program, ())


def count_scan_parts(equation: Any) -> dict[str, int]:
    """How many operands of a scan are constants, and how many results it carries on.  What its program takes or gives
    with an axis less than the equation is a row; JAX 0.12 says it no other way."""
    body, _ = unpack_program(equation.params["jaxpr"])

    def count_rows(outside: Sequence[Any], inside: Sequence[Any]) -> int:
        return sum(len(shape_of(v)) > len(shape_of(w)) for v, w in zip(outside, inside, strict=True))

    carried = len(body.outvars) - count_rows(equation.outvars, body.outvars)
    others = carried + count_rows(equation.invars, body.invars)
    return {"num_consts": len(body.invars) - others, "num_carry": carried}


def find_called_program(equation: Any) -> tuple[Any, Sequence[Any]] | None:
    """The program that a call runs; None for any other equation."""
    if equation.primitive.name == HIGH_PRIMITIVE:
        return unpack_program(expand_high_primitive(equation))
    if equation.primitive.name not in CALL_PRIMITIVES:
        return None
    return unpack_program(next(equation.params[name] for name in BODY_PARAMETERS if name in equation.params))


def has_symbols(value: Any) -> bool:
    """Whether a parameter, or a program in it, speaks of symbolic sizes."""
    if isinstance(value, (tuple, list)):
        return any(map(has_symbols, value))
    if hasattr(value, "eqns"):
        jaxpr, _ = unpack_program(value)
        return any(has_symbols(shape_of(v)) for v in (*jaxpr.invars, *jaxpr.outvars))
    return is_symbolic(value)
