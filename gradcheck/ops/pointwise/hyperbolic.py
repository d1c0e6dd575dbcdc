"""Hyperbolic functions, y = f(x) for each element.  x: (*S) → y: (*S), dx = dy f'(x)."""

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.pointwise import pointwise

sinh = pointwise(
    "sinh",
    value=np.sinh,
    slope=lambda x, y: np.cosh(x),
    reference=lambda x: (namespace(x).exp(x) - namespace(x).exp(-x)) / 2,
    domain=real(-700, 700),
    formula="y = sinh x = (e^x - e^-x) / 2",
    source="definition",
    aliases={"torch": "sinh", "JAX": "sinh", "Chainer": "sinh", "MyGrad": "sinh"},
)

cosh = pointwise(
    "cosh",
    value=np.cosh,
    slope=lambda x, y: np.sinh(x),
    reference=lambda x: (namespace(x).exp(x) + namespace(x).exp(-x)) / 2,
    domain=real(-700, 700),
    formula="y = cosh x = (e^x + e^-x) / 2",
    source="definition",
    aliases={"torch": "cosh", "JAX": "cosh", "Chainer": "cosh", "MyGrad": "cosh"},
)
