"""The outputs and gradients of one call, by name, and their rounding errors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gradcheck.arrays import Point, Values
from gradcheck.evaluation.evaluator import COPIED, Arrangement, Evaluator
from gradcheck.oracles.error_factors import EPS
from gradcheck.oracles.working_rounding import (
    list_gradient_spacings,
    list_output_spacings,
    measure_working_rounding,
)
from gradcheck.records.subject import Subject


@dataclass(frozen=True)
class ResultName:
    """An output or a gradient: the subject of a finding, and its name in a sentence."""

    subject: Subject
    words: str


@dataclass(frozen=True)
class RoundingKey:
    """The key under which an evaluator remembers the measured rounding of all results."""

    repeats: int
    eps: float


def existing_gradients(gradients: Sequence[Values | None], labels: Sequence[str]) -> list[tuple[str, Values]]:
    """Return the gradients that are not None, by label."""
    return [(label, g) for label, g in zip(labels, gradients, strict=True) if g is not None]


def compute_results(evaluator: Evaluator, point: Point, upstream: Point, arrange: Arrangement = COPIED) -> list[Values]:
    """Return the outputs, then the gradients that are not None."""
    outputs, gradients = evaluator.results(point, upstream, arrange)
    return [*outputs, *(g for g in gradients if g is not None)]


def name_results(evaluator: Evaluator) -> list[ResultName]:
    """Return the names of the results, in the order of `compute_results`."""
    gradients = [label for label, moves in zip(evaluator.labels, evaluator.differentiable, strict=True) if moves]
    return [
        *(ResultName(Subject.of_output(name), name) for name in evaluator.op.outputs),
        *(ResultName(Subject.of_input(label), f"the gradient of {label}") for label in gradients),
    ]


def make_rounding_measures(evaluator: Evaluator, eps: float = EPS) -> Callable[[int], Callable[[int], Values]]:
    """Return a function from result number i to a function from a number of repeats to that result's rounding.  All
    results are measured together, once for each number of repeats."""
    case = evaluator.case

    def measure(repeats: int) -> list[Values]:
        def run(arrange: Arrangement) -> list[Values]:
            return compute_results(evaluator, case.point, case.upstream, arrange)

        spacings = [*list_output_spacings(evaluator), *list_gradient_spacings(evaluator)]
        bars: list[Values] = evaluator.compute_once(
            RoundingKey(repeats, eps),
            lambda: measure_working_rounding(run, spacings, case.rng("rounding"), eps, repeats),
        )
        return bars

    return lambda i: lambda repeats: measure(repeats)[i]
