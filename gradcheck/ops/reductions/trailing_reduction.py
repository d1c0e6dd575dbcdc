"""Reduction of all axes from one on: y = coeff × the sum of x, |x| or x², or the mean of x.

x: (*A, D, *B) → y: (*A), the operation being SUM, ASUM, SUMSQ or MEAN.  ASUM has kinks where an element is zero; there
its gradient is zero.
"""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice, rank


def forward(x: Values, operation: str, axis: int, coeff: float) -> tuple[Values, Any]:
    """The reduction, and what backward needs for its slopes."""
    terms = np.abs(x) if operation == "ASUM" else np.square(x) if operation == "SUMSQ" else x
    y = terms.sum(axis=tuple(range(axis, x.ndim)))
    count = max(math.prod(x.shape[axis:]), 1) if operation == "MEAN" else 1
    return np.asarray(coeff * y / count), (x, operation, axis, coeff, count)


def backward(dy: Values, cache: Any) -> Values:
    """dx = coeff dy × 1, sign(x), 2 x, or 1 / count."""
    x, operation, axis, coeff, count = cache
    slopes = np.sign(x) if operation == "ASUM" else 2 * x if operation == "SUMSQ" else np.ones_like(x)
    return coeff * np.reshape(dy, x.shape[:axis] + (1,) * (x.ndim - axis)) * slopes / count


def reference(x: Any, operation: str, axis: int, coeff: float) -> Any:
    """The definition of each operation, on rows."""
    xp = namespace(x)
    rows = xp.reshape(x, (*x.shape[:axis], -1))
    if operation == "MEAN":
        return coeff * xp.mean(rows, axis=-1)
    terms = {"SUM": rows, "ASUM": xp.maximum(rows, -rows), "SUMSQ": rows**2}[operation]
    return coeff * xp.sum(terms, axis=-1)


def kinks(x: Values, operation: str, axis: int, coeff: float) -> Values:
    """How far each element is from zero; nothing where there is no kink."""
    return x if operation == "ASUM" else np.full(x.shape, np.inf)


trailing_reduction = Op(
    "trailing_reduction",
    forward,
    backward,
    reference,
    inputs={"x": Array("*A D *B")},
    settings={
        "operation": choice("SUM", "ASUM", "SUMSQ", "MEAN"),
        "axis": rank("A"),
        "coeff": choice(1.0, -0.5, 3.0),
    },
    kinks=kinks,
    convention="zero",
    formula="y = coeff × (Σ x, Σ |x|, Σ x² or mean x) over all axes from axis on",
    source="Caffe, ReductionLayer",
    aliases={"Caffe": "Reduction"},
)
