"""Monte Carlo arithmetic for JAX: a traced program whose every inexact result is multiplied by 1 + a given nudge.

With nudges of zero it computes exactly what it did, so that one compilation serves the value and its rounding.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

EXACT = frozenset(
    {
        "abs",
        "argmax",
        "argmin",
        "and",
        "broadcast_in_dim",
        "ceil",
        "clamp",
        "concatenate",
        "convert_element_type",
        "copy",
        "copy_p",
        "cummax",
        "cummin",
        "dynamic_slice",
        "dynamic_update_slice",
        "expand_dims",
        "floor",
        "gather",
        "imag",
        "iota",
        "is_finite",
        "max",
        "min",
        "neg",
        "not",
        "or",
        "pad",
        "real",
        "reduce_and",
        "reduce_max",
        "reduce_min",
        "reduce_or",
        "reshape",
        "rev",
        "round",
        "scatter",
        "select_n",
        "sign",
        "slice",
        "sort",
        "split",
        "squeeze",
        "stop_gradient",
        "transpose",
        "xor",
    }
)
"""Primitives that move, choose or compare: none of them rounds."""

EXPONENTIALS = frozenset({"exp", "exp2", "erfc", "logistic"})
UNDERFLOWING = EXPONENTIALS | {"mul", "div", "integer_pow", "pow", "square", "reduce_prod", "cumprod"}
"""Primitives whose result is zero, or nearly, only where an operand is, or where it underflowed."""

BODIES = ("jaxpr", "call_jaxpr", "fun_jaxpr")
CALLS = frozenset(
    {"jit", "pjit", "closed_call", "core_call", "checkpoint", "remat2", "custom_jvp_call", "custom_vjp_call"}
)


def body(equation: Any) -> Any:
    """The program that a call runs, as (jaxpr, constants); None for a primitive."""
    if equation.primitive.name not in CALLS:
        return None
    inner = next((equation.params[name] for name in BODIES if name in equation.params), None)
    if inner is None or not hasattr(inner, "eqns"):
        return None
    return (inner.jaxpr, inner.consts) if hasattr(inner, "consts") else (inner, ())


def rounds(equation: Any) -> list[tuple[int, ...]]:
    """The shapes of the floating-point results that this equation rounds."""
    if equation.primitive.name in EXACT:
        return []
    return [v.aval.shape for v in equation.outvars if np.dtype(v.aval.dtype).kind == "f"]


def nudge_shapes(jaxpr: Any) -> list[tuple[int, ...]]:
    """The shapes of the nudges that `evaluate` takes, in order."""
    shapes = []
    for equation in jaxpr.eqns:
        inner = body(equation)
        shapes += rounds(equation) if inner is None else nudge_shapes(inner[0])
    return shapes


def evaluate(
    jaxpr: Any, constants: Sequence[Any], arguments: Sequence[Any], nudges: Iterator[Any], lost: list[Any]
) -> list[Any]:
    """The results of a jaxpr, each inexact one on the way multiplied by 1 + the next nudge.

    For each of these, a truth value is added to `lost`: whether it left the range of float64, so that no relative
    movement can tell how far what follows may be off.
    """
    known = dict(zip([*jaxpr.constvars, *jaxpr.invars], [*constants, *arguments], strict=True))

    def read(variable: Any) -> Any:
        return variable.val if hasattr(variable, "val") else known[variable]

    for equation in jaxpr.eqns:
        values, inner = [read(v) for v in equation.invars], body(equation)
        if inner is not None:
            results = evaluate(inner[0], inner[1], values, nudges, lost)
        else:
            result = equation.primitive.bind(*values, **equation.params)
            results = list(result) if equation.primitive.multiple_results else [result]
            if rounds(equation):
                lost += [
                    out_of_range(equation.primitive.name, values, r) for r in results if np.dtype(r.dtype).kind == "f"
                ]
                results = [
                    r * (1 + next(nudges)).astype(r.dtype) if np.dtype(r.dtype).kind == "f" else r for r in results
                ]
        known |= zip(equation.outvars, results, strict=True)
    return [read(v) for v in jaxpr.outvars]


def out_of_range(primitive: str, operands: Sequence[Any], result: Any) -> Any:
    """Whether a result overflowed, or a product of numbers that are not zero underflowed."""
    import jax.numpy as jnp  # noqa: PLC0415

    lost = ~jnp.isfinite(result)
    if primitive in UNDERFLOWING:
        vanished = jnp.abs(result) < np.finfo(np.float64).tiny
        for operand in map(jnp.asarray, operands):
            moved = jnp.isfinite(operand) if primitive in EXPONENTIALS else operand != 0
            vanished = vanished & (moved if operand.shape == result.shape else jnp.all(moved))
        lost = lost | vanished
    return jnp.any(lost)
