"""Functions of one array with known derivatives, as the differences see them."""

import numpy as np

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles.directional import CaseForward
from gradcheck.oracles.finite_differences.derivative import differentiate_along
from gradcheck.records.case import Case


def function(f, x):
    """f as the oracle sees the forward of an op, and its point."""
    x = np.asarray(x, float)
    op = Op("f", lambda x: (f(x), None), lambda dy, cache: dy, inputs={"x": Array("*S")})
    return CaseForward(Evaluator(op, Case("f", {"x": x}, (), {}, 0))), (x,)


def slope(f, x, v=None):
    """The derivative of f at x along v, every element by one where no v is given."""
    oracle, point = function(f, x)
    return differentiate_along(oracle, point, (np.ones(point[0].shape) if v is None else np.asarray(v, float),))


def contains(estimate, truth):
    return bool(np.all(np.abs(estimate.value - truth) <= estimate.error))


SMOOTH = {
    "cube": (lambda x: x**3, lambda x: 3 * x**2),
    "sin": (np.sin, np.cos),
    "exp": (np.exp, np.exp),
    "tanh": (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
    "1 + tanh": (lambda x: 1 + np.tanh(x), lambda x: 1 / np.cosh(x) ** 2),
    "sin 200x": (lambda x: np.sin(200 * x), lambda x: 200 * np.cos(200 * x)),
    "reciprocal": (lambda x: 1 / x, lambda x: -1 / x**2),
    "root of 1 + x²": (lambda x: np.sqrt(1 + x * x), lambda x: x / np.sqrt(1 + x * x)),
    "log of 1 + x²": (lambda x: np.log1p(x * x), lambda x: 2 * x / (1 + x * x)),
    "line far from zero": (lambda x: 1e6 + x, np.ones_like),
    "constant": (lambda x: 0 * x + 3, np.zeros_like),
}


def points(seed, count=400):
    """Points of both signs over twelve binary magnitudes, none zero."""
    rng = np.random.default_rng(seed)
    return rng.choice([-1, 1], count) * rng.uniform(1, 2, count) * 2.0 ** rng.integers(-8, 4, count)
