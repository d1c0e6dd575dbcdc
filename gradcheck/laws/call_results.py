"""The outputs and gradients of one call, by name, and how far their rounding may carry them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gradcheck.arrays import Point, Values
from gradcheck.evaluation.evaluator import COPIED, Arrangement, Evaluator
from gradcheck.oracles.error_factors import EPS
from gradcheck.oracles.monte_carlo import measure_rounding
from gradcheck.records.subject import Subject


@dataclass(frozen=True)
class ResultName:
    """An output or a gradient: the subject of a finding, and its name in a sentence."""

    subject: Subject
    words: str


@dataclass(frozen=True)
class RoundingKey:
    """What a measured rounding of all results depends on."""

    repeats: int
    eps: float


def existing_gradients(gradients: Sequence[Values | None], labels: Sequence[str]) -> list[tuple[str, Values]]:
    """The gradients that exist, by label."""
    return [(label, g) for label, g in zip(labels, gradients, strict=True) if g is not None]


def compute_results(evaluator: Evaluator, point: Point, upstream: Point, arrange: Arrangement = COPIED) -> list[Values]:
    """The outputs, then the gradients that exist."""
    return [
        *evaluator.outputs(point, arrange),
        *(g for g in evaluator.gradients(point, upstream, arrange) if g is not None),
    ]


def name_results(evaluator: Evaluator) -> list[ResultName]:
    """The names of these results, in the same order."""
    gradients = [label for label, moves in zip(evaluator.labels, evaluator.differentiable, strict=True) if moves]
    return [
        *(ResultName(Subject.of_output(name), name) for name in evaluator.op.outputs),
        *(ResultName(Subject.of_input(label), f"the gradient of {label}") for label in gradients),
    ]


def make_rounding_measures(evaluator: Evaluator, eps: float = EPS) -> Callable[[int], Callable[[int], Values]]:
    """For result number i, how its rounding is measured by so many repeats; all results together, at most once."""
    case = evaluator.case

    def measured(repeats: int) -> list[Values]:
        def run(arrange: Arrangement) -> list[Values]:
            return compute_results(evaluator, case.point, case.upstream, arrange)

        bars: list[Values] = evaluator.compute_once(
            RoundingKey(repeats, eps),
            lambda: measure_rounding(run, case.rng("rounding"), eps, repeats),
        )
        return bars

    return lambda which: lambda repeats: measured(repeats)[which]
