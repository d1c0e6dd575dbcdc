"""Accuracy of two classes: the share of labels t for which x ≥ 0 exactly where t = 1, of labels that are not -1.

x: (*S), t: (*S) of -1, 0 and 1 → y: (), of none 0.  A count is constant between jumps: there is no gradient.
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import Domain, constant, map_to_whole_numbers
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def labels_or_none() -> Domain:
    """-1, 0 and 1, which have no gradient."""
    return Domain("labels_or_none", lambda points, names: map_to_whole_numbers(points) % 3 - 1, gradient=False)


def forward(x: Values, t: Values) -> tuple[Values, None]:
    """The number of labels that are met, divided by that of all."""
    correct = (t >= 0) & ((x >= 0) == (t == 1))
    return np.asarray(correct.sum() / max((t >= 0).sum(), 1), x.dtype), None


def backward(dy: Values, cache: None) -> tuple[None, None]:
    """No gradient."""
    return None, None


def reference(x: Any, t: Any) -> Any:
    """The definition, the two classes apart."""
    xp = namespace(x)
    on, off = (xp.astype(t == label, x.dtype) for label in (1, 0))
    above = xp.astype(x >= 0, x.dtype)
    count = xp.sum(on + off)
    return xp.sum(on * above + off * (1 - above)) / xp.where(count > 0, count, 1)


binary_accuracy = Op(
    "binary_accuracy",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S", constant()), "t": Array("*S", labels_or_none())},
    formula="y = share of labels for which x ≥ 0 exactly where t = 1",
    source="Chainer, functions.binary_accuracy",
    aliases={"Chainer": "binary_accuracy"},
)
