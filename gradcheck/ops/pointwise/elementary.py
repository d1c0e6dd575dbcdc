"""Elementary functions of one variable, y = f(x) for each element, among them the lecture's unit gates.

x: (*S) → y: (*S), dx = dy f'(x).  A slope is written by y where that is shorter: e^x, 1/x and √x are computed once.
"""

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import nonzero, positive, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.settings import choice

negate = pointwise(
    "negate",
    value=np.negative,
    slope=lambda x, y: -1,
    reference=lambda x: -x,
    formula="y = -x",
    source="definition",
    aliases={"torch": "neg", "JAX": "negative", "MyGrad": "negative"},
)

reciprocal = pointwise(
    "reciprocal",
    value=np.reciprocal,
    slope=lambda x, y: -y * y,
    reference=lambda x: 1 / x,
    domain=nonzero(2.0**-6),
    formula="y = 1 / x",
    source="CS231n lecture 4, unit gates: df/dx = -1/x²",
    aliases={"torch": "reciprocal", "JAX": "reciprocal", "MyGrad": "reciprocal"},
)

exp = pointwise(
    "exp",
    value=np.exp,
    slope=lambda x, y: y,
    reference=lambda x: namespace(x).exp(x),
    domain=real(-700, 700),  # e^709 is the last in the range of float64
    formula="y = e^x",
    source="CS231n lecture 4, unit gates: df/dx = e^x",
    aliases={"Caffe": "Exp", "CS231n": "exp", "torch": "exp", "JAX": "exp", "Chainer": "exp", "MyGrad": "exp"},
)

log = pointwise(
    "log",
    value=np.log,
    slope=lambda x, y: 1 / x,
    reference=lambda x: namespace(x).log(x),
    domain=positive(2.0**-10),
    formula="y = ln x",
    source="definition",
    aliases={"Caffe": "Log", "torch": "log", "JAX": "log", "Chainer": "log", "MyGrad": "log"},
)

square = pointwise(
    "square",
    value=np.square,
    slope=lambda x, y: 2 * x,
    reference=lambda x: x * x,
    formula="y = x²",
    source="definition",
    aliases={"torch": "square", "JAX": "square", "Chainer": "square", "MyGrad": "square"},
)

sqrt = pointwise(
    "sqrt",
    value=np.sqrt,
    slope=lambda x, y: 0.5 / y,
    reference=lambda x: namespace(x).sqrt(x),
    domain=positive(2.0**-13),
    formula="y = √x",
    source="definition",
    aliases={"torch": "sqrt", "JAX": "sqrt", "Chainer": "sqrt", "MyGrad": "sqrt"},
)


def multiplied(x: Values, a: float) -> tuple[Values, float]:
    """a x, and the factor that backward needs."""
    return a * x, a


def times_factor(dy: Values, a: float) -> Values:
    """dx = a dy."""
    return a * dy


multiply_by_constant = Op(
    "multiply_by_constant",
    multiplied,
    times_factor,
    lambda x, a: x * a,
    inputs={"x": Array("*S")},
    settings={"a": choice(2.0, -1.0, 0.1)},
    formula="y = a x",
    source="CS231n lecture 4, unit gates: df/dx = a",
)


def shifted(x: Values, c: float) -> tuple[Values, None]:
    """c + x; backward needs nothing."""
    return c + x, None


def unchanged(dy: Values, cache: None) -> Values:
    """dx = dy, in an array of its own."""
    return dy.copy()


add_constant = Op(
    "add_constant",
    shifted,
    unchanged,
    lambda x, c: x + c,
    inputs={"x": Array("*S")},
    settings={"c": choice(1.0, -2.0, 0.1)},
    formula="y = c + x",
    source="CS231n lecture 4, unit gates: df/dx = 1",
)
