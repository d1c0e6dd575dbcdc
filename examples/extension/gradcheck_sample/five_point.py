"""Five-point differences, (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h, with a step of 2^-10.

The error is the distance from the three-point difference, which is less exact (Abramowitz and Stegun, 25.3.6).
"""

import numpy as np

from gradcheck.arrays import Values, flat
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative
from gradcheck.records.evidence import Estimate

STEP = 2.0**-10


class FivePoint:
    """Five-point differences as a directional oracle."""

    name = "five-point"

    def differentiate(
        self, evaluator: Evaluator, derivative: DirectionalDerivative, rng: np.random.Generator | None
    ) -> Estimate:
        """The derivative along derivative.direction; nothing of an output where the differences of gradcheck, which
        see kinks and rounding, do not confirm it."""
        one, two = (difference(evaluator, derivative, step) for step in (STEP, 2 * STEP))
        value = (4 * one - two) / 3
        error = np.abs(value - one) + derivative.estimate.error
        confirmed = np.abs(value - derivative.estimate.value) <= error
        return Estimate(value, np.where(confirmed, error, np.inf))


def difference(evaluator: Evaluator, derivative: DirectionalDerivative, step: float) -> Values:
    """The three-point difference of every output, flat."""
    ahead, behind = (
        tuple(a + side * v if v.any() else a for a, v in zip(evaluator.case.point, derivative.direction, strict=True))
        for side in (step, -step)
    )
    return (flat(evaluator.outputs(ahead)) - flat(evaluator.outputs(behind))) / (2 * step)


ORACLE = FivePoint()
