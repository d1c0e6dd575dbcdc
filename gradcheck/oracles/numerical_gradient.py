"""Numerical gradients for a user's own function, with error bars."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.evaluation.evaluator import Arrangement
from gradcheck.evaluation.private_copies import choose_copy
from gradcheck.oracles.error_factors import NEIGHBOUR_REPEATS
from gradcheck.oracles.finite_differences.derivative import differentiate_along
from gradcheck.oracles.finite_differences.directions import measure_typical_size, round_down_to_power_of_two
from gradcheck.oracles.finite_differences.line import generate_points_on_line
from gradcheck.oracles.monte_carlo import measure_rounding
from gradcheck.records.evidence import Estimate


class ScalarFunction:
    """A scalar function of one array, as the difference oracle sees it."""

    def __init__(self, f: Callable[[Values], Any], rng: np.random.Generator) -> None:
        self.f, self.rng = f, rng

    def value(self, x: Values) -> Values:
        """f(x) as a vector of one.  Raises ValueError where f returns more than a number."""
        y = np.asarray(choose_copy(self.f)(x))
        if y.size != 1:
            raise ValueError(
                f"f returns an array of shape {y.shape}; a gradient wants one number: sum the outputs, or weight them"
            )
        return y.reshape(1)

    def evaluate_along_line(self, x: Point, v: Point, steps: Values) -> Values:
        """Its value at x + h·v, a row for each step h."""
        return np.array([self.value(np.array(a)) for (a,) in generate_points_on_line(x, v, steps)])

    def measure_rounding_at(self, point: Point) -> Values:
        """How far the value may be off by rounding."""
        evaluate: Callable[[Arrangement], list[Values]] = lambda arrange: [self.value(arrange(point[0]))]  # noqa: E731
        return measure_rounding(evaluate, self.rng, repeats=NEIGHBOUR_REPEATS)[0]


def numerical_gradient(f: Callable[[Values], Any], x: Any, *, seed: int = 0) -> Estimate:
    """The gradient of a scalar function by finite differences, and how far each element may be off.

    Parameters
    ----------
    f : callable
        ``f(x) -> number``, of an array of the shape of x.
    x : array_like
        A point of floating-point numbers, of any shape.
    seed : int, optional
        For the perturbations by which the rounding of f is measured.

    Returns
    -------
    Estimate
        Value and absolute error, both of the shape of x; the error is inf where f has a kink.

    Raises
    ------
    ValueError
        If f returns more than one number, or x is not floating-point.

    Examples
    --------
    >>> import numpy as np
    >>> from gradcheck import numerical_gradient
    >>> found = numerical_gradient(lambda x: np.sum(x**3), np.array([1.0, 2.0]))
    >>> found.value.round(9), bool(found.error.max() < 1e-9)
    (array([ 3., 12.]), True)
    """
    x = np.asarray(x)
    if x.dtype.kind != "f":
        raise ValueError(f"x has dtype {x.dtype}; a gradient wants floating-point inputs, as in np.array([1.0, 2.0])")
    x = x.astype(np.float64)
    function = ScalarFunction(f, np.random.Generator(np.random.Philox(seed)))
    value, error = np.zeros(x.shape), np.zeros(x.shape)
    with np.errstate(all="ignore"):
        for index in np.ndindex(x.shape):
            direction = np.zeros(x.shape)
            direction[index] = size = round_down_to_power_of_two(abs(float(x[index])) or measure_typical_size(x))
            slope = differentiate_along(function, (x,), (direction,)).estimate
            value[index], error[index] = slope.value[0] / size, slope.error[0] / size
    return Estimate(np.where(np.isfinite(error), value, np.nan), error)
