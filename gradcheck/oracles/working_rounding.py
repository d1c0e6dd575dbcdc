"""The rounding of an op's outputs and gradients: that of float64, and that of a narrower precision in which it
computes."""

from collections.abc import Callable, Sequence

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.evaluation.evaluator import COPIED, Arrangement, Evaluator
from gradcheck.oracles.error_factors import COARSE_NUDGE, EPS, HALF_SPACING, HALF_UNDERFLOW, REPEATS, SAFETY
from gradcheck.oracles.monte_carlo import measure_largest, measure_movement_by_nudge, measure_rounding

Evaluation = Callable[[Arrangement], Sequence[Values | None]]


def measure_output_rounding(
    evaluator: Evaluator, point: Point, rng: np.random.Generator, repeats: int = REPEATS
) -> list[Values]:
    """Measure how far each output at a point may be off by rounding.  Raises UserError and Malformed."""
    run: Evaluation = lambda arrange: evaluator.outputs(point, arrange)  # noqa: E731
    return measure_working_rounding(run, list_output_spacings(evaluator), rng, repeats=repeats)


def measure_gradient_rounding(
    evaluator: Evaluator, point: Point, upstream: Point, rng: np.random.Generator, repeats: int = REPEATS
) -> list[Values]:
    """Measure how far each gradient that is not None may be off by rounding.  Raises UserError and Malformed."""
    run: Evaluation = lambda arrange: evaluator.gradients(point, upstream, arrange)  # noqa: E731
    return measure_working_rounding(run, list_gradient_spacings(evaluator), rng, repeats=repeats)


def list_output_spacings(evaluator: Evaluator) -> list[float]:
    """Return the spacing of the numbers in which each output is computed, 0 for float64."""
    return [evaluator.op.origin.working_precision.outputs] * len(evaluator.op.outputs)


def list_gradient_spacings(evaluator: Evaluator) -> list[float]:
    """Return the spacing of the numbers in which each gradient is computed, 0 for float64."""
    return [evaluator.op.origin.working_precision.gradients] * sum(evaluator.differentiable)


def measure_working_rounding(
    run: Evaluation, spacings: Sequence[float], rng: np.random.Generator, eps: float = EPS, repeats: int = REPEATS
) -> list[Values]:
    """Measure the rounding of results, each computed in float64, or where it has a spacing in numbers of that."""
    bars = measure_rounding(run, rng, eps, repeats)
    if not any(spacings):
        return bars
    return list(map(np.fmax, bars, measure_coarse_rounding(run, spacings, rng, repeats)))


def measure_coarse_rounding(
    run: Evaluation, spacings: Sequence[float], rng: np.random.Generator, repeats: int
) -> list[Values]:
    """Measure the rounding of results by nudges of a few spacings, so that every operation rounds anew.  Numbers of
    float16 may also be lost below its range, and with them what the largest input or result makes of them."""
    sizes = [1.0]

    def copy_measured(a: Values) -> Values:
        sizes.append(measure_largest(a))
        return COPIED(a)

    results = [np.asarray(r) for r in run(Arrangement(copy_measured)) if r is not None]
    moved = measure_movement_by_nudge(COARSE_NUDGE * max(spacings), run, results, rng, repeats)
    largest = max([*sizes, *map(measure_largest, results)])
    return [
        SAFETY * (spacing * (movement + np.abs(result)) + HALF_UNDERFLOW * largest * (spacing == HALF_SPACING))
        for result, movement, spacing in zip(results, moved, spacings, strict=True)
    ]
