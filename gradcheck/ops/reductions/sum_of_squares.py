"""Sum of squares of all elements: y = Σ x².  x: (*S) → y: ()."""

from typing import Any

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op


def forward(x: Values) -> tuple[Values, Values]:
    """The squares, added up."""
    return np.sum(x * x), x


def backward(dy: Values, x: Values) -> Values:
    """dx = 2 x dy."""
    return np.asarray(2 * dy * x)


def reference(x: Any) -> Any:
    """The product of the vector with itself."""
    vector = namespace(x).reshape(x, (-1,))
    return vector @ vector


sum_of_squares = Op(
    "sum_of_squares",
    forward,
    backward,
    reference,
    inputs={"x": Array("*S")},
    formula="y = Σ x²",
    source="CS231n lecture 4, ‖q‖²",
    aliases={"Caffe": "Reduction", "Chainer": "batch_l2_norm_squared"},
)
