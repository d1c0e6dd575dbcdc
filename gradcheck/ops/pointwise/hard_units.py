"""Activation functions made of straight pieces, y = f(x) for each element.  x: (*S) → y: (*S), dx = dy f'(x)."""

from typing import Any

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import Domain
from gradcheck.declaration.pointwise import pointwise

THREES = Domain("3 real", lambda points, names: 3 * points)
"""Every real number; the kinks at -3 and 3 are drawn as often as -1 and 1 are elsewhere."""


def cut(x: Any, least: float, most: float) -> Any:
    """The definition of a ramp by cases: the nearest number between two bounds.  x: (*S) → (*S)."""
    xp = namespace(x)
    return xp.where(x < least, 0 * x + least, xp.where(x > most, 0 * x + most, x))


relu6 = pointwise(
    "relu6",
    value=lambda x: np.clip(x, 0, 6),
    slope=lambda x, y: (x > 0) & (x < 6),
    reference=lambda x: cut(x, 0, 6),
    kinks=lambda x: np.minimum(x, 6 - x),
    convention="zero",
    formula="y = min(max(x, 0), 6)",
    source="Krizhevsky 2010, Convolutional deep belief networks on CIFAR-10; slope 0 at 0 and 6 as in torch and JAX",
    aliases={"torch": "relu6", "JAX": "relu6", "Chainer": "relu6 clipped_relu", "thinc": "relu_k"},
)

hard_tanh = pointwise(
    "hard_tanh",
    value=lambda x: np.clip(x, -1, 1),
    slope=lambda x, y: np.abs(x) < 1,
    reference=lambda x: cut(x, -1, 1),
    kinks=lambda x: 1 - np.abs(x),
    convention="zero",
    formula="y = min(max(x, -1), 1)",
    source="Collobert 2004, Large scale machine learning; slope 0 at -1 and 1 as in torch, hardtanh",
    aliases={"torch": "hardtanh", "JAX": "hard_tanh", "thinc": "hard_tanh", "MyGrad": "hard_tanh"},
)

hard_sigmoid = pointwise(
    "hard_sigmoid",
    value=lambda x: np.clip(x + 3, 0, 6) / 6,
    slope=lambda x, y: np.divide(np.abs(x) < 3, 6, dtype=x.dtype),
    reference=lambda x: cut(x / 6 + 0.5, 0, 1),
    domain=THREES,
    kinks=lambda x: 3 - np.abs(x),
    convention="zero",
    formula="y = min(max(x/6 + 1/2, 0), 1)",
    source="torch, hardsigmoid, of slope 1/6; that of other libraries is 1/5; slope 0 at -3 and 3 as in torch and JAX",
    aliases={"torch": "hardsigmoid", "JAX": "hard_sigmoid"},
)

hard_swish = pointwise(
    "hard_swish",
    value=lambda x: x * (np.clip(x + 3, 0, 6) / 6),
    slope=lambda x, y: np.where(np.abs(x) < 3, x / 3 + 0.5, np.clip(x, 0, 1)),
    reference=lambda x: x * cut(x / 6 + 0.5, 0, 1),
    domain=THREES,
    kinks=lambda x: 3 - np.abs(x),
    formula="y = x min(max(x/6 + 1/2, 0), 1)",
    source="Howard et al. 2019, Searching for MobileNetV3, section 5.2; slope 0 at -3 and 1 at 3 as in torch and JAX",
    aliases={"torch": "hardswish", "JAX": "hard_swish hard_silu", "thinc": "hard_swish_mobilenet"},
)
