"""Powers of one variable, y = f(x) for each element.  x: (*S) → y: (*S), dx = dy f'(x)."""

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import positive
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.settings import choice
from gradcheck.ops.pointwise.with_settings import pointwise_with_settings

rsqrt = pointwise(
    "rsqrt",
    value=lambda x: 1 / np.sqrt(x),
    slope=lambda x, y: -0.5 * y / x,
    reference=lambda x: 1 / namespace(x).sqrt(x),
    domain=positive(2.0**-13),
    formula="y = 1 / √x",
    source="definition",
    aliases={"torch": "rsqrt", "JAX": "rsqrt", "Chainer": "rsqrt"},
)

scaled_power = pointwise_with_settings(
    "scaled_power",
    value=lambda x, power, scale, shift: (shift + scale * x) ** power,
    slope=lambda x, y, power, scale, shift: power * scale * (shift + scale * x) ** (power - 1),
    reference=lambda x, power, scale, shift: (shift + scale * x) ** power,
    settings={
        "power": choice(1.0, 2.0, 3.0, 0.0, 0.5, -1.0),
        "scale": choice(1.0, 0.5),
        "shift": choice(0.0, 1.5),
    },
    domain=positive(),  # of a negative number only whole powers are real
    formula="y = (shift + scale x)^power",
    source="Caffe, power_layer.cpp; the derivative by the power one less, since y / (shift + scale x) is 0 / 0 at zero",
    aliases={"Caffe": "Power"},
)
