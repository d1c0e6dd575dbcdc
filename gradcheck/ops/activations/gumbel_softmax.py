"""Samples of a categorical distribution, made smooth: y = softmax((x + g) / τ) over the last axis.

The draw is an input: g = -ln(-ln u), u uniform between 0 and 1, so that the largest of x + g is a sample of softmax(x).
x: (N, *S, C), noise: (N, *S, C) → y: (N, *S, C).
"""

from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.settings import choice
from gradcheck.ops.activations.softmax import softmax


def forward(x: Values, noise: Values, tau: float) -> tuple[Values, tuple[Values, float]]:
    """The softmax of the noisy scores divided by the temperature, and what its backward needs."""
    y, cache = softmax.forward((x + noise) / tau)
    return y, (cache, tau)


def backward(dy: Values, cache: tuple[Values, float]) -> tuple[Values, None]:
    """The gradient of softmax divided by the temperature; the draw has none."""
    probabilities, tau = cache
    return softmax.backward(dy, probabilities) / tau, None


def reference(x: Any, noise: Any, tau: float) -> Any:
    """The definition."""
    xp = namespace(x)
    weights = xp.exp((x + noise) / tau)
    return weights / xp.sum(weights, axis=-1, keepdims=True)


gumbel_softmax = Op(
    "gumbel_softmax",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S C"), "noise": Array("N *S C", constant())},
    settings={"tau": choice(1.0, 0.5)},
    batch="N",
    formula="y = softmax((x + g) / τ) over the last axis, g drawn from the Gumbel distribution",
    source="Jang, Gu and Poole 2017, Categorical reparameterization with Gumbel-softmax, eq. 2",
    aliases={"torch": "gumbel_softmax", "Chainer": "gumbel_softmax"},
)
