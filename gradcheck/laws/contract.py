"""contract: backward returns one gradient per input, of its shape and floating-point, None for indices."""

from gradcheck.bench import Bench, Malformed
from gradcheck.case import Case
from gradcheck.laws.law import Law, Observation, found
from gradcheck.op import Op


def examine(op: Op, case: Case, bench: Bench) -> Observation:
    """Call it once and look at what comes back."""
    try:
        bench.gradients(case.point, case.upstream)
    except Malformed as error:
        return Observation((found(op, "contract", case, str(error), input=error.input, hint=error.hint),))
    return Observation()


LAW = Law(
    "contract",
    "Backward returns one gradient per input, of that input's shape and a floating-point dtype, and None for an "
    "input that has none.",
    "A gradient of another shape broadcasts silently in the parameter update; a missing one is noticed only when "
    "training stalls.",
    examine,
)
