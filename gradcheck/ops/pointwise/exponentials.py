"""Exponentials of other bases, y = f(x) for each element.  x: (*S) → y: (*S), dx = dy f'(x)."""

import math
from typing import Any

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.settings import choice
from gradcheck.ops.pointwise.with_settings import pointwise_with_settings

LN_2 = math.log(2)  # 2^x = e^(x ln 2)


def natural_log(base: float) -> float:
    """ln base; -1 stands for e."""
    return 1.0 if base == -1 else math.log(base)


def scaled_exp_reference(x: Any, base: float, scale: float, shift: float) -> Any:
    """The definition."""
    exponent = shift + scale * x
    return namespace(x).exp(exponent) if base == -1 else base**exponent


exp2 = pointwise(
    "exp2",
    value=np.exp2,
    slope=lambda x, y: LN_2 * y,
    reference=lambda x: 2.0**x,
    domain=real(-1000, 1000),  # 2^1023 is the last in the range of float64
    formula="y = 2^x",
    source="definition",
    aliases={"torch": "exp2", "JAX": "exp2", "MyGrad": "exp2"},
)

expm1 = pointwise(
    "expm1",
    value=np.expm1,
    slope=lambda x, y: np.exp(x),  # y + 1 would lose digits where y is near -1
    reference=lambda x: namespace(x).exp(x) - 1,
    domain=real(-700, 700),
    formula="y = e^x - 1",
    source="definition",
    aliases={"torch": "expm1", "JAX": "expm1", "Chainer": "expm1", "MyGrad": "expm1"},
)

scaled_exp = pointwise_with_settings(
    "scaled_exp",
    value=lambda x, base, scale, shift: np.exp(natural_log(base) * (shift + scale * x)),
    slope=lambda x, y, base, scale, shift: natural_log(base) * scale * y,
    reference=scaled_exp_reference,
    settings={"base": choice(-1.0, 2.0, 10.0), "scale": choice(1.0, -0.5), "shift": choice(0.0, 1.5)},
    domain=real(-200, 200),  # 10^200
    formula="y = base^(shift + scale x)",
    source="Caffe, exp_layer.cpp, where a base of -1 stands for e",
    aliases={"Caffe": "Exp"},
)
