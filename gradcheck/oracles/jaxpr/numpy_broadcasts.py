"""Operands that NumPy repeats by itself, so that the program need not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gradcheck.oracles.jaxpr.idioms import shape_of
from gradcheck.oracles.jaxpr.symbolic_sizes import SymbolicShape

ELEMENTWISE_PRIMITIVES = frozenset(
    {"add", "add_any", "and", "atan2", "div", "max", "min", "mul", "or", "pow", "rem", "select_n", "sub", "xor"}
    | {"eq", "ge", "gt", "le", "lt", "ne"}
)
"""Primitives on several operands whose counterparts repeat those that are shorter along an axis."""


@dataclass(frozen=True)
class UnbroadcastArray:
    """An array that is only repeated along some axes, before it is."""

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
