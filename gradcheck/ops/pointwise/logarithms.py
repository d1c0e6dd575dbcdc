"""Logarithms of other bases and shifts, y = f(x) for each element.  x: (*S) → y: (*S), dx = dy f'(x)."""

import math
from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import Domain, positive
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.settings import choice
from gradcheck.declaration.shape import NameValues
from gradcheck.ops.pointwise.exponentials import natural_log
from gradcheck.ops.pointwise.with_settings import pointwise_with_settings

LN_2, LN_10 = math.log(2), math.log(10)  # log_b x = ln x / ln b
LEAST_DISTANCE = 2.0**-10


def map_above_minus_one(points: Values, names: NameValues) -> Values:
    """Positive points as they are, negative ones drawn together to -1, not nearer than LEAST_DISTANCE."""
    sizes = np.abs(points)
    return np.where(points < 0, -(1 - LEAST_DISTANCE) * sizes / (1 + sizes), points)


def logarithm_reference(base: int) -> Any:
    """The logarithm to a base as the quotient of two natural ones."""

    def reference(x: Any) -> Any:
        xp = namespace(x)
        return xp.log(x) / xp.log(xp.asarray(base, dtype=x.dtype))

    return reference


def scaled_log_reference(x: Any, base: float, scale: float, shift: float) -> Any:
    """The definition."""
    xp = namespace(x)
    y = xp.log(shift + scale * x)
    return y if base == -1 else y / xp.log(xp.asarray(base, dtype=x.dtype))


log1p = pointwise(
    "log1p",
    value=np.log1p,
    slope=lambda x, y: 1 / (1 + x),
    reference=lambda x: namespace(x).log(1 + x),
    domain=Domain("above -1", map_above_minus_one, reach=lambda x: (1 + x) / 2),
    formula="y = ln(1 + x)",
    source="definition",
    aliases={"torch": "log1p", "JAX": "log1p", "Chainer": "log1p", "MyGrad": "log1p"},
)

log2 = pointwise(
    "log2",
    value=np.log2,
    slope=lambda x, y: 1 / (x * LN_2),
    reference=logarithm_reference(2),
    domain=positive(2.0**-10),
    formula="y = log_2 x",
    source="definition",
    aliases={"torch": "log2", "JAX": "log2", "Chainer": "log2", "MyGrad": "log2"},
)

log10 = pointwise(
    "log10",
    value=np.log10,
    slope=lambda x, y: 1 / (x * LN_10),
    reference=logarithm_reference(10),
    domain=positive(2.0**-10),
    formula="y = log_10 x",
    source="definition",
    aliases={"torch": "log10", "JAX": "log10", "Chainer": "log10", "MyGrad": "log10"},
)

scaled_log = pointwise_with_settings(
    "scaled_log",
    value=lambda x, base, scale, shift: np.log(shift + scale * x) / natural_log(base),
    slope=lambda x, y, base, scale, shift: scale / ((shift + scale * x) * natural_log(base)),
    reference=scaled_log_reference,
    settings={"base": choice(-1.0, 2.0, 10.0), "scale": choice(1.0, 0.5), "shift": choice(0.0, 1.5)},
    domain=positive(2.0**-10),
    formula="y = log_base(shift + scale x)",
    source="Caffe, log_layer.cpp, where a base of -1 stands for e",
    aliases={"Caffe": "Log"},
)
