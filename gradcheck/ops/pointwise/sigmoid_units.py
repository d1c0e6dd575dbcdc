"""Activation functions made of the logistic function σ, y = f(x) for each element.  x: (*S) → y: (*S), dx = dy f'(x).

1 - σ(x) is σ(-x), and σ' = σ(x) σ(-x), so that nothing is lost where σ is near one.
"""

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.settings import choice
from gradcheck.ops.pointwise.activations import bell, logistic
from gradcheck.ops.pointwise.with_settings import pointwise_with_settings

QUICK_GELU_BETA = 1.702  # Hendrycks and Gimpel 2016, section 2


def swish(x: Values) -> Values:
    """x σ(x).  x: (*S) → (*S)."""
    return x * logistic(x)


def swish_slope(x: Values) -> Values:
    """σ(x) + x σ'(x).  x: (*S) → (*S)."""
    return logistic(x) + x * bell(x)


silu = pointwise_with_settings(
    "silu",
    value=lambda x, beta: swish(beta * x) / beta,
    slope=lambda x, y, beta: swish_slope(beta * x),
    reference=lambda x, beta: x / (1 + namespace(x).exp(-beta * x)),
    settings={"beta": choice(1.0, 0.5, 2.0)},
    formula="y = x σ(β x)",
    source="Ramachandran, Zoph and Le 2017, Searching for activation functions (Swish); SiLU for β = 1",
    aliases={"Caffe": "Swish", "torch": "silu", "JAX": "silu swish", "Chainer": "swish", "thinc": "swish"},
)

quick_gelu = pointwise(
    "quick_gelu",
    value=lambda x: swish(QUICK_GELU_BETA * x) / QUICK_GELU_BETA,
    slope=lambda x, y: swish_slope(QUICK_GELU_BETA * x),
    reference=lambda x: x / (1 + namespace(x).exp(-1.702 * x)),
    formula="y = x σ(1.702 x)",
    source="Hendrycks and Gimpel 2016, Gaussian error linear units, section 2: the approximation by the logistic",
)

mish = pointwise(
    "mish",
    value=lambda x: x * np.tanh(np.logaddexp(x, 0)),
    slope=lambda x, y: np.tanh(np.logaddexp(x, 0)) + x * 4 * bell(2 * np.logaddexp(x, 0)) * logistic(x),
    reference=lambda x: x * namespace(x).tanh(namespace(x).log1p(namespace(x).exp(x))),
    formula="y = x tanh(ln(1 + e^x))",
    source="Misra 2019, Mish: a self regularized non-monotonic activation function; 1 - tanh² s = 4 σ(2s) σ(-2s)",
    aliases={"torch": "mish", "JAX": "mish", "thinc": "mish"},
)

log_sigmoid = pointwise(
    "log_sigmoid",
    value=lambda x: -np.logaddexp(-x, 0),
    slope=lambda x, y: logistic(-x),
    reference=lambda x: -namespace(x).log1p(namespace(x).exp(-x)),
    formula="y = ln σ(x)",
    source="definition; d ln σ / dx = 1 - σ(x) = σ(-x)",
    aliases={"torch": "logsigmoid", "JAX": "log_sigmoid"},
)
