"""Functions of one variable: wrong branches, wrong signs, exponentials that overflow."""

from dataclasses import replace

import numpy as np

from gradcheck.declaration.array_api import namespace
from gradcheck.declaration.domain import nonzero, real
from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.declaration.pointwise import pointwise
from gradcheck.declaration.settings import choice
from gradcheck.ops.pointwise.activations import logistic, sigmoid, softplus
from tests.corpus.corpus import Fault


def with_slope(op, slope):
    """A pointwise op with another derivative."""
    return replace(op, backward=lambda dy, cache: dy * slope(*cache))


hardsigmoid = pointwise(
    "hardsigmoid",
    value=lambda x: np.clip(x / 6 + 0.5, 0, 1),
    slope=lambda x, y: (np.abs(x) < 3) / x.dtype.type(6),
    reference=lambda x: namespace(x).where(x < -3, 0.0, namespace(x).where(x > 3, 1.0, x / 6 + 0.5)),
)


def leaky_relu_forward(x, negative_slope):
    y = np.where(x > 0, x, negative_slope * x)
    return y, (x, y.copy(), negative_slope)


def leaky_relu_backward(dy, cache):
    x, _, negative_slope = cache
    return np.where(x > 0, dy, negative_slope * dy)


def sign_of_the_output(dy, cache):
    _, y, negative_slope = cache
    return np.where(y > 0, dy, negative_slope * dy)


def sign_of_a_zero(dy, cache):
    """Where the slope is not negative, the sign is read off the output, which is zero everywhere below for slope 0."""
    x, y, negative_slope = cache
    return np.where((y if negative_slope >= 0 else x) >= 0, dy, negative_slope * dy)


leaky_relu = Op(
    "leaky_relu",
    leaky_relu_forward,
    leaky_relu_backward,
    lambda x, negative_slope: namespace(x).where(x > 0, x, negative_slope * x),
    inputs={"x": Array("*S")},
    settings={"negative_slope": choice(0.1, 0.0, -0.5)},
)


def rpow_forward(x, base):
    y = base**x
    return y, (x, y.copy(), base)


def rpow_backward(dy, cache):
    _, y, base = cache
    return dy * y * np.log(base).astype(dy.dtype)


def of_x_to_the_base(dy, cache):
    x, _, base = cache
    return dy * base * x ** (base - 1)


rpow = Op(
    "rpow",
    rpow_forward,
    rpow_backward,
    lambda x, base: namespace(x).exp(x * np.log(base)),
    inputs={"x": Array("*S", real(30))},
    settings={"base": choice(2.0, 0.5, 3.0)},
)


def overflowing_bell(x, y):
    e = np.exp(-x)
    return e / (1 + e) ** 2


def collapsing_logistic(x, y):
    """exp · 1 / (1 + exp), on hardware where ∞ · 0 is 0."""
    e = np.exp(x)
    return np.where(np.isinf(e), 0, e / (1 + e)).astype(x.dtype)


def overflowing_logistic(x, y):
    e = np.exp(x)
    return e / (1 + e)


def through_max_and_abs(x, y):
    """The slopes of max(x, 0) + log1p(e^-|x|), each of which is 0 at 0."""
    return (x > 0) - np.sign(x) * logistic(-np.abs(x))


def safe_root(x):
    """√x above zero, 1 elsewhere."""
    return np.sqrt(np.where(x > 0, x, 1))


root_above_zero = pointwise(
    "root above zero",
    value=lambda x: np.where(x > 0, safe_root(x), x),
    slope=lambda x, y: np.where(x > 0, 0.5 / safe_root(x), 1).astype(x.dtype),
    reference=lambda x: namespace(x).where(x > 0, namespace(x).sqrt(namespace(x).where(x > 0, x, 1.0)), x),
    domain=nonzero(2.0**-6),
)

exp_below_zero = pointwise(
    "exp below zero",
    value=lambda x: np.where(x <= 0, np.exp(np.minimum(x, 0)), 1 + x),
    slope=lambda x, y: np.exp(np.minimum(x, 0)),
    reference=lambda x: namespace(x).where(x <= 0, namespace(x).exp(namespace(x).where(x <= 0, x, 0.0)), 1 + x),
)

FAULTS = (
    Fault(
        "hardsigmoid: 1/6 also where it is saturated",
        with_slope(hardsigmoid, lambda x, y: np.full_like(x, 1 / 6)),
        hardsigmoid,
        ("gradient",),
        "x < -3 or x > 3",
        "pytorch#51437, pytorch#51408",
    ),
    Fault(
        "leaky_relu in place: the sign is that of the output",
        replace(leaky_relu, backward=sign_of_the_output),
        leaky_relu,
        ("gradient",),
        "a negative slope",
        "pytorch#31938",
    ),
    Fault(
        "leaky_relu: everything passes where the slope is 0",
        replace(leaky_relu, backward=sign_of_a_zero),
        leaky_relu,
        ("gradient",),
        "slope 0 and x < 0",
        "chainer#5898",
    ),
    Fault(
        "softplus: 0 instead of 1/2",
        with_slope(softplus, through_max_and_abs),
        softplus,
        ("gradient",),
        "x == 0",
        "jax#2107, jax#2140",
    ),
    Fault(
        "rpow: the derivative of x^b for b^x",
        replace(rpow, backward=of_x_to_the_base),
        rpow,
        ("gradient",),
        "x != 1",
        "tt-metal#55289",
    ),
    Fault(
        "sigmoid: e/(1+e)² overflows",
        with_slope(sigmoid, overflowing_bell),
        sigmoid,
        ("extremes", "precision"),
        "x far below zero",
        "snntorch#427",
    ),
    Fault(
        "softplus: 0 once the exponential overflows",
        with_slope(softplus, collapsing_logistic),
        softplus,
        ("gradient", "precision"),
        "x far above zero",
        "tt-metal#56397",
    ),
    Fault(
        "softplus: e/(1+e) overflows",
        with_slope(softplus, overflowing_logistic),
        softplus,
        ("extremes", "precision"),
        "x far above zero",
        "burn#5373",
    ),
    Fault(
        "where: 0 · NaN from the root of the branch not taken",
        with_slope(root_above_zero, lambda x, y: (x > 0) * (0.5 / np.sqrt(x)) + (x <= 0)),
        root_above_zero,
        ("gradient",),
        "x < 0",
        "pytorch#187297, jax#347",
    ),
    Fault(
        "where: 0 · ∞ from the exponential of the branch not taken",
        with_slope(exp_below_zero, lambda x, y: (x <= 0) * np.exp(x) + (x > 0)),
        exp_below_zero,
        ("extremes", "precision"),
        "x far above zero",
        "pytorch#68425",
    ),
)
