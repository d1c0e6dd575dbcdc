"""Trigonometric functions of one variable, y = f(x) for each element.  x: (*S), in radians → y: (*S)."""

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.pointwise import pointwise

sin = pointwise(
    "sin",
    value=np.sin,
    slope=lambda x, y: np.cos(x),
    reference=lambda x: namespace(x).sin(x),
    domain=real(-30, 30),
    formula="y = sin x",
    source="definition",
)
