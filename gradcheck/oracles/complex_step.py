"""Complex step: where the forward is analytic, Im f(x + ihv) / h is its derivative to machine precision.

J. N. Lyness and C. B. Moler, Numerical differentiation of analytic functions (SIAM J. Numer. Anal., 1967).
"""

import warnings

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.evaluation.evaluator import COPIED_ANEW, Arrangement, Evaluator, Malformed, UserError
from gradcheck.oracles.directional import CaseForward
from gradcheck.oracles.error_factors import AUTODIFF, COMPLEX_STEP, EPS, FEW_REPEATS, REPEATS, THREE_DIGITS
from gradcheck.oracles.finite_differences.derivative import DirectionalDerivative
from gradcheck.oracles.monte_carlo import measure_movement
from gradcheck.oracles.noisy_arrays import strip_noise
from gradcheck.records.evidence import Estimate, Witness


class NotComplex(Exception):
    """The forward gives real outputs for complex inputs."""


def differentiate_by_complex_step(
    evaluator: Evaluator, slope: DirectionalDerivative, rng: np.random.Generator | None
) -> Estimate | None:
    """Return the derivative of each output along the slope's direction, with its measured rounding, or without rng the
    rounding of the last digit alone.

    Returns None where the forward refuses complex numbers, casts them to real, or is not analytic, which is detected as
    a disagreement with the differences, or between both signs of the step, with rng; an output whose derivative they
    cannot confirm to three digits has no error bar.
    """
    x = step_into_imaginary(evaluator.case.point, slope.direction, COMPLEX_STEP)
    try:
        value = evaluate_imaginary_parts(evaluator, x, COPIED_ANEW) / COMPLEX_STEP
        spread = np.zeros(value.shape)
        if rng is not None:
            back = step_into_imaginary(evaluator.case.point, slope.direction, -COMPLEX_STEP)
            if np.any(value != -evaluate_imaginary_parts(evaluator, back, COPIED_ANEW) / COMPLEX_STEP):
                return None  # a tie, which complex numbers decide by their imaginary parts
            ((value, spread),) = measure_movement(
                lambda arrange: (evaluate_imaginary_parts(evaluator, x, arrange) / COMPLEX_STEP,),
                rng,
                FEW_REPEATS if evaluator.case.is_large else REPEATS,
            )
    except (UserError, Malformed, NotComplex):
        return None
    differences, known = slope.estimate.value, np.isfinite(slope.estimate.error)
    tight = AUTODIFF * EPS * (spread + np.abs(value) + np.max(np.abs(value[known]), initial=0.0))
    if not known.any() or not np.all((np.abs(value - differences) <= tight + slope.estimate.error)[known]):
        return None
    confirmed = slope.estimate.error < THREE_DIGITS * np.abs(differences)
    both_zero = (value == 0) & (differences == 0)
    return Estimate(value, np.where(confirmed, tight, np.where(both_zero, slope.estimate.error, np.inf)))


def step_into_imaginary(point: Point, direction: Point, step: float) -> Point:
    """Return the point with the direction, times a step, as its imaginary part."""
    return tuple(
        a + 1j * step * v if v.any() else a.astype(complex) if a.dtype.kind == "f" else a
        for a, v in zip(point, direction, strict=True)
    )


def evaluate_imaginary_parts(evaluator: Evaluator, x: Point, arrange: Arrangement) -> Values:
    """Return the imaginary parts of all outputs.  Raises NotComplex where one of them is real, UserError where a part
    is cast to real."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        outputs = evaluator.outputs(x, arrange)
    if any(y.dtype.kind != "c" for y in outputs):
        raise NotComplex
    return np.asarray(strip_noise(CaseForward(evaluator).vectorize(outputs).imag))


class ComplexStep:
    """The complex step as a directional oracle."""

    name = Witness.COMPLEX_STEP.value

    def differentiate(
        self, evaluator: Evaluator, derivative: DirectionalDerivative, rng: np.random.Generator | None
    ) -> Estimate | None:
        """Return the derivative along derivative.direction, None for a forward in a low precision, which has no complex
        numbers; see differentiate_by_complex_step."""
        if evaluator.op.origin.working_precision.outputs:
            return None
        return differentiate_by_complex_step(evaluator, derivative, rng)


COMPLEX_STEP_ORACLE = ComplexStep()
