"""A sample of a normal distribution, reparameterized: y = mean + noise σ, σ = e^(ln_var / 2).

The draw is an input: noise is of the standard normal distribution, a constant.  mean: (N, *S), ln_var: (N, *S), the
logarithm of the variance, noise: (N, *S) → y: (N, *S).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(mean: Values, ln_var: Values, noise: Values) -> tuple[Values, Values]:
    """The sample, and how far it is from the mean, which backward needs."""
    offset = noise * np.exp(ln_var / 2)
    return mean + offset, offset


def backward(dy: Values, offset: Values) -> tuple[Values, Values, None]:
    """dmean = dy, in an array of its own; dln_var = dy noise σ / 2."""
    return dy.copy(), dy * offset / 2, None


def reference(mean: Any, ln_var: Any, noise: Any) -> Any:
    """The definition."""
    xp = namespace(mean)
    return mean + noise * xp.sqrt(xp.exp(ln_var))


gaussian_sample = Op(
    "gaussian_sample",
    forward,
    backward,
    reference,
    inputs={
        "mean": Array("N *S"),
        "ln_var": Array("N *S", real(-80, 80)),  # e^88 is the last in the range of float32
        "noise": Array("N *S", constant()),
    },
    batch="N",
    aliases={"Chainer": "gaussian"},
    formula="y = mean + noise e^(ln_var / 2)",
    source="Kingma and Welling 2014, section 2.4; by ln_var as in Chainer",
)
