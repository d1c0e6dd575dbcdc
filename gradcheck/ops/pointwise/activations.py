"""Activation functions, y = f(x) for each element.  x: (*S) → y: (*S), dx = dy f'(x).

Every exponential is taken of a number that is not positive, so that nothing overflows far out, and no slope is a
difference of two numbers near one.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.settings import choice


def logistic(x: Values) -> Values:
    """1 / (1 + e^-x) by the exponential of -|x| alone."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


def bell(x: Values) -> Values:
    """σ(x) σ(-x) = e^-|x| / (1 + e^-|x|)², without the cancellation of 1 - σ where σ is near one."""
    small = np.exp(-np.abs(x))
    return small / (1 + small) ** 2


sigmoid = pointwise(
    "sigmoid",
    value=logistic,
    slope=lambda x, y: bell(x),
    reference=lambda x: 1 / (1 + namespace(x).exp(-x)),
    formula="y = 1 / (1 + e^-x)",
    source="CS231n lecture 4, sigmoid gate: dσ/dx = (1 - σ) σ",
    aliases={
        "Caffe": "Sigmoid",
        "CS231n": "sigmoid",
        "torch": "sigmoid",
        "JAX": "sigmoid",
        "Chainer": "sigmoid",
        "thinc": "sigmoid",
        "MyGrad": "sigmoid",
    },
)

tanh = pointwise(
    "tanh",
    value=np.tanh,
    slope=lambda x, y: 4 * bell(2 * x),
    reference=lambda x: 2 / (1 + namespace(x).exp(-2 * x)) - 1,
    formula="y = tanh x",
    source="definition; 1 - tanh² x = sech² x = 4 σ(2x) σ(-2x)",
    aliases={"Caffe": "TanH", "CS231n": "tanh", "torch": "tanh", "JAX": "tanh", "Chainer": "tanh", "MyGrad": "tanh"},
)

softplus = pointwise(
    "softplus",
    value=lambda x: np.logaddexp(x, 0),
    slope=lambda x, y: logistic(x),
    reference=lambda x: namespace(x).log1p(namespace(x).exp(x)),
    formula="y = ln(1 + e^x)",
    source="Dugas et al. 2001, Incorporating second-order functional knowledge for better option pricing",
    aliases={"Caffe": "BNLL", "torch": "softplus", "JAX": "softplus", "Chainer": "softplus"},
)

relu = pointwise(
    "relu",
    value=lambda x: np.maximum(x, 0),
    slope=lambda x, y: x > 0,
    reference=lambda x: namespace(x).where(x < 0, 0 * x, x),
    kinks=lambda x: x,
    convention="zero",
    formula="y = max(0, x)",
    source="Nair and Hinton 2010; slope 0 at 0 as in Caffe, relu_layer.cpp",
    aliases={
        "Caffe": "ReLU",
        "CS231n": "relu",
        "torch": "relu",
        "JAX": "relu",
        "Chainer": "relu",
        "thinc": "relu",
        "MyGrad": "relu",
    },
)


def elu_forward(x: Values, alpha: float) -> tuple[Values, tuple[Values, float]]:
    """x above zero, α (e^x - 1) elsewhere."""
    return np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0))), (x, alpha)


def elu_backward(dy: Values, cache: tuple[Values, float]) -> Values:
    """dx = dy above zero, dy α e^x elsewhere, by the exponential itself: y + α would cancel."""
    x, alpha = cache
    return np.where(x > 0, dy, dy * alpha * np.exp(np.minimum(x, 0)))


def elu_reference(x: Any, alpha: float) -> Any:
    """The definition by cases; the exponential never sees what lies above zero."""
    xp = namespace(x)
    return xp.where(x > 0, x, alpha * (xp.exp(xp.where(x > 0, 0 * x, x)) - 1))


elu = Op(
    "elu",
    elu_forward,
    elu_backward,
    elu_reference,
    inputs={"x": Array("*S")},
    settings={"alpha": choice(1.0, 0.5)},
    kinks=lambda x, alpha: x,
    convention="left",
    formula="y = x for x > 0, α (e^x - 1) elsewhere",
    source="Clevert, Unterthiner and Hochreiter 2015, eq. 15; smooth for α = 1, else slope α at 0 as in Caffe",
    aliases={"Caffe": "ELU", "CS231n": "elu", "torch": "elu", "JAX": "elu", "Chainer": "elu", "MyGrad": "elu"},
)


def leaky_relu_forward(x: Values, negative_slope: float) -> tuple[Values, tuple[Values, float]]:
    """x above zero, a x elsewhere."""
    return np.where(x > 0, x, negative_slope * x), (x > 0, negative_slope)


def leaky_relu_backward(dy: Values, cache: tuple[Values, float]) -> Values:
    """dx = dy above zero, a dy elsewhere."""
    above, negative_slope = cache
    return np.where(above, dy, negative_slope * dy)


leaky_relu = Op(
    "leaky_relu",
    leaky_relu_forward,
    leaky_relu_backward,
    lambda x, negative_slope: namespace(x).maximum(negative_slope * x, x),
    inputs={"x": Array("*S")},
    settings={"negative_slope": choice(0.1, 0.01)},
    kinks=lambda x, negative_slope: x,
    convention="left",
    formula="y = max(a x, x)",
    source="Maas, Hannun and Ng 2013; a = 0.1 in CS231n lecture 4; slope a at 0 as in Caffe, relu_layer.cpp",
    aliases={
        "Caffe": "ReLU",
        "CS231n": "leaky_relu",
        "torch": "leaky_relu",
        "JAX": "leaky_relu",
        "Chainer": "leaky_relu",
        "MyGrad": "leaky_relu",
    },
)
