"""Product of several arrays: y = Π_i x_i.  xs: each (*S) → y: (*S).

The gradient is the product of the others, not y / x_i, which is 0 / 0 where a factor is zero.
"""

import math
from typing import Any

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Array, Several
from gradcheck.declaration.op import Op


def forward(*xs: Values) -> tuple[Values, tuple[Values, ...]]:
    """The product, and all factors."""
    return math.prod(xs), xs  # type: ignore[return-value]


def backward(dy: Values, xs: tuple[Values, ...]) -> tuple[Values, ...]:
    """dx_i = dy Π_{j ≠ i} x_j."""
    return tuple(dy * math.prod(xs[:i] + xs[i + 1 :]) for i in range(len(xs)))


def reference(*xs: Any) -> Any:
    """The definition, one factor after the other."""
    y = xs[0]
    for x in xs[1:]:
        y = y * x
    return y


eltwise_product = Op(
    "eltwise_product",
    forward,
    backward,
    reference,
    inputs={"xs": Several(Array("*S"))},
    formula="y = Π_i x_i",
    source="Caffe, eltwise_layer.cpp, PROD with stable_prod_grad",
    aliases={"Caffe": "Eltwise", "MyGrad": "multiply_sequence"},
)
