"""The values of a model whose formula JAX does not run, on the same cases for everybody."""

from dataclasses import dataclass

from gradcheck.arrays import Point, Values
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.generation.search import generate_cases
from gradcheck.laws.comparison import find_largest_difference
from gradcheck.oracles.working_rounding import measure_output_rounding
from gradcheck.records.case import Case

VALUE_CASES, VALUE_SEED = 16, 0
"""Cases in which values are compared, and the seed by which they are drawn."""


@dataclass(frozen=True)
class ModelValues:
    """The outputs of a model in one case, and how far each may be off by rounding."""

    case: Case
    outputs: Point
    errors: tuple[Values, ...]

    @classmethod
    def measure(cls, op: Op, case: Case) -> "ModelValues":
        """Measure what an op returns.  Raises UserError and Malformed."""
        evaluator = Evaluator(op, case.at(case.point, ()))  # outputs may have other shapes than the upstream
        errors = measure_output_rounding(evaluator, case.point, case.rng("value"))
        return cls(case, evaluator.outputs(case.point), tuple(errors))


def measure_values(op: Op) -> tuple[ModelValues, ...]:
    """Measure the values of a model's op; cases in which it raises are left out."""
    measured = []
    for case in generate_cases(op, VALUE_CASES, VALUE_SEED):
        try:
            measured.append(ModelValues.measure(op, case))
        except (UserError, Malformed):
            continue
    return tuple(measured)


def compare_values(op: Op, expected: tuple[ModelValues, ...]) -> str:
    """Compare the outputs of an op with those of its model; "" where they agree within the rounding of both, else the
    first difference in words.  What the op raises is for the laws to report."""
    for model in expected:
        try:
            own = ModelValues.measure(op, model.case)
        except (UserError, Malformed):
            continue
        rows = zip(op.outputs, own.outputs, model.outputs, own.errors, model.errors, strict=True)
        for name, got, wanted, error, allowed in rows:
            if got.shape != wanted.shape:
                return f"output {name} has shape {got.shape}, expected {wanted.shape}"
            difference = find_largest_difference(got, wanted, error + allowed)
            if not difference.holds:
                return f"output {name} is {difference.words}, as the model answer returns"
    return ""
