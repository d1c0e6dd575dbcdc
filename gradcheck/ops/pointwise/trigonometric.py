"""Trigonometric functions and their inverses, y = f(x) for each element.  x: (*S) → y: (*S); angles are in radians."""

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import Domain, real
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.shape import NameValues

LEAST_DISTANCE = 2.0**-10
"""How near the arguments of arc sine and arc cosine come to -1 and 1, where the derivatives are infinite."""


def map_between_bounds(points: Values, names: NameValues) -> Values:
    """Numbers between -1 and 1, not nearer to these than LEAST_DISTANCE."""
    return np.asarray((1 - LEAST_DISTANCE) * points / (1 + np.abs(points)))


SINES = Domain("between -1 and 1", map_between_bounds, reach=lambda x: (1 - np.abs(x)) / 2)

sin = pointwise(
    "sin",
    value=np.sin,
    slope=lambda x, y: np.cos(x),
    reference=lambda x: namespace(x).sin(x),
    domain=real(-30, 30),
    formula="y = sin x",
    source="definition",
    aliases={"torch": "sin", "JAX": "sin", "Chainer": "sin", "MyGrad": "sin"},
)

cos = pointwise(
    "cos",
    value=np.cos,
    slope=lambda x, y: -np.sin(x),
    reference=lambda x: namespace(x).cos(x),
    domain=real(-30, 30),
    formula="y = cos x",
    source="definition",
    aliases={"torch": "cos", "JAX": "cos", "Chainer": "cos", "MyGrad": "cos"},
)

tan = pointwise(
    "tan",
    value=np.tan,
    slope=lambda x, y: 1 + y * y,
    reference=lambda x: namespace(x).sin(x) / namespace(x).cos(x),
    domain=real(-1.25, 1.25),  # with steps of an eighth of that still before the poles at ±π/2
    formula="y = tan x",
    source="definition; sec² x = 1 + tan² x",
    aliases={"torch": "tan", "JAX": "tan", "Chainer": "tan", "MyGrad": "tan"},
)

arcsin = pointwise(
    "arcsin",
    value=np.arcsin,
    slope=lambda x, y: 1 / np.sqrt((1 - x) * (1 + x)),  # 1 - x² would cancel
    reference=lambda x: namespace(x).asin(x),
    domain=SINES,
    formula="y = arcsin x",
    source="definition",
    aliases={"torch": "arcsin asin", "JAX": "arcsin asin", "Chainer": "arcsin", "MyGrad": "arcsin"},
)

arccos = pointwise(
    "arccos",
    value=np.arccos,
    slope=lambda x, y: -1 / np.sqrt((1 - x) * (1 + x)),  # 1 - x² would cancel
    reference=lambda x: namespace(x).acos(x),
    domain=SINES,
    formula="y = arccos x",
    source="definition",
    aliases={"torch": "arccos acos", "JAX": "arccos acos", "Chainer": "arccos", "MyGrad": "arccos"},
)

arctan = pointwise(
    "arctan",
    value=np.arctan,
    slope=lambda x, y: 1 / (1 + x * x),
    reference=lambda x: namespace(x).atan(x),
    formula="y = arctan x",
    source="definition",
    aliases={"torch": "arctan atan", "JAX": "arctan atan", "Chainer": "arctan", "MyGrad": "arctan"},
)
