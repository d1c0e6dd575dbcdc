"""The largest of several arrays at each place: y = max_i x_i.  xs: each (*S) → y: (*S).

At a tie the gradient goes to the first; in Caffe it goes to the second of the first two, and else to the earlier.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op


def forward(*xs: Values) -> tuple[Values, tuple[Values, int]]:
    """The largest elements, in which array each is, and how many arrays there are."""
    stacked = np.stack(xs)
    return stacked.max(axis=0), (stacked.argmax(axis=0), len(xs))


def backward(dy: Values, cache: tuple[Values, int]) -> tuple[Values, ...]:
    """The upstream goes to the largest alone: a router."""
    winner, count = cache
    return tuple(dy * (winner == i) for i in range(count))


def reference(*xs: Any) -> Any:
    """The larger of the first and the next, and so on."""
    y = xs[0]
    for x in xs[1:]:
        y = namespace(y).maximum(y, x)
    return y


def kinks(*xs: Values) -> Values:
    """How far the largest is ahead of the next; nothing where there is no next.  → (0 or 1, *S)."""
    return np.diff(np.sort(np.stack(xs), axis=0)[-2:], axis=0)


eltwise_max = Op(
    "eltwise_max",
    forward,
    backward,
    reference,
    inputs={"xs": Several(Array("*S"))},
    kinks=kinks,
    convention="first",
    formula="y = max_i x_i",
    source="Caffe, eltwise_layer.cpp, MAX, but for ties",
    aliases={"Caffe": "Eltwise"},
)
