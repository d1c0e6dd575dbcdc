"""A watch over each result on the way through a traced program: whether it left the range of float64, and how far
rounding may move it (Monte Carlo arithmetic: every inexact result is moved by a random relative NUDGE)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradcheck.oracles.noisy_arrays import Noise, perturb_normwise, perturb_result

EXACT_PRIMITIVES = frozenset(
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
        "complex",
        "concatenate",
        "cond",
        "conj",
        "convert_element_type",
        "copy",
        "cummax",
        "cummin",
        "custom_linear_solve",
        "device_put",
        "dim_as_value",
        "dynamic_slice",
        "dynamic_update_slice",
        "empty2",
        "floor",
        "gather",
        "imag",
        "iota",
        "is_finite",
        "max",
        "min",
        "name",
        "neg",
        "nextafter",
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
        "scatter-max",
        "scatter-min",
        "select_and_gather_add",
        "select_n",
        "sign",
        "slice",
        "sort",
        "split",
        "squeeze",
        "stack",
        "stop_gradient",
        "tile",
        "top_k",
        "transpose",
        "unstack",
        "while",
        "xor",
    ]
)
"""Primitives that move, choose or compare, or run programs of their own: none of them rounds."""

EXPONENTIALS = frozenset({"exp", "exp2", "erfc", "logistic"})
UNDERFLOWING_PRIMITIVES = EXPONENTIALS | {"mul", "div", "integer_pow", "pow", "square", "reduce_prod", "cumprod"}
"""Primitives whose result is zero, or nearly, only where an operand is, or where it underflowed."""


SUM_PRIMITIVES = frozenset({"reduce_sum", "cumsum", "dot_general", "conv_general_dilated", "reduce_window_sum"})
"""Primitives that sum up their operand, or the products of both."""

NORMWISE_PRIMITIVES = frozenset({"cholesky", "eigh", "lu", "qr", "svd", "triangular_solve"})
"""Primitives that round all elements by the size of the largest: their operands are moved so."""

OPERAND = "operand"
"""The name that a watch gets instead of a primitive where it is handed an operand of one of these."""

UNDERFLOW_REPLACEMENT = 2.0**-996
"""The number in place of a result that underflowed: far above float64's least number, far below all that matters."""


class Watch:
    """Called with every inexact result.

    With noise, the result is moved by it.  Without, lost says whether one of them left the range of float64 above, so
    that no relative movement can tell how far what follows may be off, and one that left it below is lifted above
    zero: where that changes anything, it was lost as well.
    """

    def __init__(self, noise: Noise | None = None) -> None:
        self.noise, self.left_range = noise, False

    def __call__(self, primitive: str, result: Any, operands: Sequence[Any]) -> Any:
        """The result, moved or lifted."""
        if primitive == OPERAND:
            return result if self.noise is None else perturb_normwise(self.noise, result)
        if self.noise is not None:
            if primitive in SUM_PRIMITIVES:
                return perturb_result(self.noise, result, operands)
            moved = result * self.noise.factors(result.shape)
            return moved if moved.dtype == result.dtype else moved.astype(result.dtype)
        self.left_range = self.left_range or bool(np.any(find_overflowed(operands, result)))
        return np.where(find_underflowed(primitive, operands, result), UNDERFLOW_REPLACEMENT, result).astype(
            result.dtype
        )


def find_overflowed(operands: Sequence[Any], result: Any) -> Any:
    """Where a result is infinite though no operand is at the same element: an infinity that was given, as that of a
    mask, is in range, and what is NaN stays NaN."""
    gone = np.isinf(result)
    for operand in operands:
        if np.shape(operand) == np.shape(result):
            gone = gone & ~np.isinf(operand)
    return gone


def find_underflowed(primitive: str, operands: Sequence[Any], result: Any) -> Any:
    """Where a product of numbers that are not zero underflowed."""
    if primitive not in UNDERFLOWING_PRIMITIVES:
        return False
    gone = np.abs(result) < np.finfo(np.float64).tiny
    for operand in operands:
        moved = np.isfinite(operand) if primitive in EXPONENTIALS else np.not_equal(operand, 0)
        gone = gone & (moved if np.shape(operand) == np.shape(result) else np.all(moved))
    return gone
