"""contiguity: every gradient is C-contiguous."""

from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import existing_gradients
from gradcheck.laws.findings import make_finding
from gradcheck.laws.law import Law
from gradcheck.records.case import Case
from gradcheck.records.subject import Subject


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Look at the memory of each gradient."""
    gradients = existing_gradients(evaluator.gradients(case.point, case.upstream), evaluator.labels)
    wrong = [label for label, gradient in gradients if not gradient.flags.c_contiguous]
    hint = "Return np.ascontiguousarray(…) of it."
    return Observation(
        tuple(
            make_finding(op, LAW.name, case, f"gradient of {x} is not contiguous", Subject.of_input(x), hint=hint)
            for x in wrong
        )
    )


LAW = Law(
    "contiguity",
    "Every gradient is C-contiguous.",
    "An optimiser that walks through memory copies any other, at every step.",
    examine,
)
