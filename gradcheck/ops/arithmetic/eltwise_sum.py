"""Weighted sum of several arrays: y = Σ_i coeff_i x_i.  xs: each (*S) → y: (*S).  coeff: one number for each, in order;
more than there are arrays are left over."""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice


def forward(*xs: Values, coeff: tuple[float, ...]) -> tuple[Values, tuple[float, ...]]:
    """The sum, and the coefficients that count."""
    used = coeff[: len(xs)]
    return sum(c * x for c, x in zip(used, xs, strict=True)), used  # type: ignore[return-value]


def backward(dy: Values, coeff: tuple[float, ...]) -> tuple[Values, ...]:
    """dx_i = coeff_i dy."""
    return tuple(c * dy for c in coeff)


def reference(*xs: Any, coeff: tuple[float, ...]) -> Any:
    """The definition, one term after the other."""
    y = 0 * xs[0]
    for i, x in enumerate(xs):
        y = y + x * coeff[i]
    return y


eltwise_sum = Op(
    "eltwise_sum",
    forward,
    backward,
    reference,
    inputs={"xs": Several(Array("*S"))},
    settings={"coeff": choice((1.0, 1.0, 1.0), (1.0, -0.5, 2.0))},
    formula="y = Σ_i coeff_i x_i",
    source="Caffe, eltwise_layer.cpp, SUM",
    aliases={"Caffe": "Eltwise", "Chainer": "add", "thinc": "add residual", "MyGrad": "add_sequence"},
)
