"""A directional oracle: a witness in the law `gradient` beside autodiff and the differences; an extension point."""

from typing import Protocol

import numpy as np

from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative
from gradcheck.records.evidence import Estimate


class DirectionalOracle(Protocol):
    """A method to compute derivatives along a direction that knows its own error."""

    @property
    def name(self) -> str:
        """The name of the witness in reports, such as "complex step"."""

    def differentiate(
        self, evaluator: Evaluator, derivative: DirectionalDerivative, rng: np.random.Generator | None
    ) -> Estimate | None:
        """Return the derivative of every output of evaluator.case along derivative.direction, flat, with error bars.

        derivative: the differences' result along this direction.  rng: for random numbers with which rounding is
        measured; None for the rounding of the last digit alone, which is enough to agree.  Returns None where the
        oracle has no estimate; the error of an output on which it knows nothing is inf.  UserError and Malformed, which
        the evaluator raises, count as None.
        """
