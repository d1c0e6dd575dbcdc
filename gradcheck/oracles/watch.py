"""What happens to each result on the way through a traced program: whether it left the range of float64, and how far
rounding may move it (Monte Carlo arithmetic: every inexact result is moved by a random relative NUDGE)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.oracles.rounding import Noise

Array = np.ndarray[Any, Any]

EXACT = frozenset(
    [
        "abs",
        "and",
        "argmax",
        "argmin",
        "bitcast_convert_type",
        "broadcast_in_dim",
        "ceil",
        "clamp",
        "clz",
        "concatenate",
        "cond",
        "conj",
        "convert_element_type",
        "copy",
        "copy_p",
        "cummax",
        "cummin",
        "custom_linear_solve",
        "dim_as_value",
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
        "name",
        "neg",
        "not",
        "optimization_barrier",
        "or",
        "pad",
        "real",
        "reduce_and",
        "reduce_max",
        "reduce_min",
        "reduce_or",
        "reduce_window_max",
        "reduce_window_min",
        "reshape",
        "rev",
        "round",
        "scan",
        "scatter",
        "scatter_max",
        "scatter_min",
        "select_n",
        "sign",
        "slice",
        "sort",
        "split",
        "squeeze",
        "stop_gradient",
        "top_k",
        "transpose",
        "while",
        "xor",
    ]
)
"""Primitives that move, choose or compare, or run programs of their own: none of them rounds."""

EXPONENTIALS = frozenset({"exp", "exp2", "erfc", "logistic"})
UNDERFLOWING = EXPONENTIALS | {"mul", "div", "integer_pow", "pow", "square", "reduce_prod", "cumprod"}
"""Primitives whose result is zero, or nearly, only where an operand is, or where it underflowed."""


class Watch:
    """Called with every inexact result.  lost: whether one of them left the range of float64, so that no relative
    movement can tell how far what follows may be off.  noise: where given, each result is moved."""

    def __init__(self, noise: Noise | None = None) -> None:
        self.noise, self.lost = noise, False

    def __call__(self, primitive: str, result: Any, operands: Sequence[Any]) -> Any:
        """The result, moved."""
        if self.noise is None:
            self.lost = self.lost or out_of_range(primitive, operands, result)
            return result
        moved = result * self.noise.factors(result.shape)
        return moved if moved.dtype == result.dtype else moved.astype(result.dtype)


def out_of_range(primitive: str, operands: Sequence[Any], result: Any) -> bool:
    """Whether a result overflowed, or a product of numbers that are not zero underflowed."""
    if not np.all(np.isfinite(result)):
        return True
    if primitive not in UNDERFLOWING:
        return False
    vanished = np.abs(result) < np.finfo(np.float64).tiny
    for operand in operands:
        moved = np.isfinite(operand) if primitive in EXPONENTIALS else np.not_equal(operand, 0)
        vanished = vanished & (moved if np.shape(operand) == np.shape(result) else np.all(moved))
    return bool(np.any(vanished))
