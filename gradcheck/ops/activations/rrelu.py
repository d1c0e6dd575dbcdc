"""Randomized leaky ReLU: y = x above zero, r x elsewhere, with a slope that is drawn anew for each element.

The draw is an input: r from 1/8 to 1/3.  x: (N, *S), slope: (N, *S) → y: (N, *S).
"""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import constant, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values, slope: Values) -> tuple[Values, tuple[Values, Values]]:
    """x above zero, and x times its slope elsewhere."""
    return np.where(x > 0, x, slope * x), (x > 0, slope)


def backward(dy: Values, cache: tuple[Values, Values]) -> tuple[Values, None]:
    """dx = dy above zero, r dy elsewhere; the draw has no gradient."""
    above, slope = cache
    return np.where(above, dy, slope * dy), None


def reference(x: Any, slope: Any) -> Any:
    """The definition by cases."""
    return namespace(x).where(x > 0, x, slope * x)


rrelu = Op(
    "rrelu",
    forward,
    backward,
    reference,
    inputs={"x": Array("N *S"), "slope": Array("N *S", constant(real(1 / 8, 1 / 3)))},
    batch="N",
    kinks=lambda x, slope: x,
    convention="left",
    formula="y = x for x > 0, r x elsewhere, r drawn for each element",
    source="Xu et al. 2015, Empirical evaluation of rectified activations, section 2.4; bounds and slope at 0 of torch",
    aliases={"torch": "rrelu", "Chainer": "rrelu"},
)
