"""Entropy over the last axis: y = -Σ p log p.  p: (N, *S, D), positive → y: (N, *S), in nats.

The gradient is that of the formula, whether or not the rows have the sum one.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(p: Values) -> tuple[Values, Values]:
    """The entropy, and the logarithms."""
    logs = np.log(p)
    return -(p * logs).sum(axis=-1), logs


def backward(dy: Values, logs: Values) -> Values:
    """-log p - 1."""
    return -dy[..., None] * (logs + 1)


def reference(p: Any) -> Any:
    """The definition."""
    xp = namespace(p)
    return -xp.sum(p * xp.log(p), axis=-1)


entropy = Op(
    "entropy",
    forward,
    backward,
    reference,
    inputs={"p": Array("N *S D", real(0.015625, 1))},
    batch="N",
    formula="y = -Σ p log p over the last axis",
    source="Shannon 1948, A mathematical theory of communication",
)
