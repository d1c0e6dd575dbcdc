"""Gated linear units: y = a f(b), a and b the two halves of x along one axis.  x: (*A, 2 D, *B) → y: (*A, D, *B).

da = dy f(b), db = dy a f'(b).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import rank
from gradcheck.ops.pointwise.activations import bell, logistic
from gradcheck.ops.pointwise.gaussian_units import gelu_slope, gelu_value
from gradcheck.ops.pointwise.sigmoid_units import swish, swish_slope
from gradcheck.ops.pointwise.special_functions import namespace_erf

SHAZEER = "Shazeer 2020, GLU variants improve transformer, eq. 5"


def gated(
    name: str,
    gate: Callable[[Any], Any],
    slope: Callable[[Any], Any],
    textbook: Callable[[Any], Any],
    **declared: Any,
) -> Op:
    """The unit with a gate f.  gate, slope: f and f' of an array.  textbook: f as its definition has it."""

    def forward(x: Values, axis: int) -> tuple[Values, tuple[Values, Values, int]]:
        a, b = np.split(x, 2, axis=axis)
        return a * gate(b), (a, b, axis)

    def backward(dy: Values, cache: tuple[Values, Values, int]) -> Values:
        a, b, axis = cache
        return np.concatenate([dy * gate(b), dy * a * slope(b)], axis=axis)

    def reference(x: Any, axis: int) -> Any:
        last = namespace(x).moveaxis(x, axis, -1)
        half = last.shape[-1] // 2
        return namespace(x).moveaxis(last[..., :half] * textbook(last[..., half:]), -1, axis)

    return Op(
        name,
        forward,
        backward,
        reference,
        inputs={"x": Array("*A 2*D *B")},
        settings={"axis": rank("A")},
        **declared,
    )


def gelu_by_erf(b: Any) -> Any:
    """b (1 + erf(b/√2)) / 2."""
    xp = namespace(b)
    return b * (1 + namespace_erf(b / xp.sqrt(xp.asarray(2, dtype=b.dtype)))) / 2


glu = gated(
    "glu",
    logistic,
    bell,
    lambda b: 1 / (1 + namespace(b).exp(-b)),
    formula="y = a σ(b), a and b the halves of x along an axis",
    source="Dauphin et al. 2017, Language modeling with gated convolutional networks, eq. 1",
    aliases={"torch": "glu", "JAX": "glu", "MyGrad": "glu"},
)

swiglu = gated(
    "swiglu",
    swish,
    swish_slope,
    lambda b: b / (1 + namespace(b).exp(-b)),
    formula="y = a b σ(b), a and b the halves of x along an axis",
    source=SHAZEER,
)

geglu = gated(
    "geglu",
    gelu_value,
    gelu_slope,
    gelu_by_erf,
    formula="y = a b Φ(b), a and b the halves of x along an axis",
    source=SHAZEER,
)
