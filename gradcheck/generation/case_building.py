"""Cases whose values come from a counter, and upstreams for the outputs that a forward has."""

from collections.abc import Callable, Sequence

from gradcheck.arrays import Values
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.generation.configuration import Configuration, PinnedChoices
from gradcheck.generation.values import ValueKind, make_pinned_inputs, make_pinned_upstream
from gradcheck.records.case import Case


def make_case_without_upstream(
    op: Op, configuration: Configuration, kind: ValueKind, counter: PinnedChoices, constants: Sequence[float] = ()
) -> Case:
    """A case whose values come from a counter, still without an upstream.  constants: numbers in the code of the op."""
    return Case(
        op.name,
        make_pinned_inputs(configuration, kind, counter, constants),
        (),
        configuration.settings,
        int(counter.draw_whole_numbers(1, 2**31)[0]),
        kind=kind,
    )


def make_pinned_case(
    op: Op, configuration: Configuration, kind: ValueKind, counter: PinnedChoices, constants: Sequence[float] = ()
) -> Case:
    """A case whose values come from a counter.  constants: numbers in the code of the op."""
    case = make_case_without_upstream(op, configuration, kind, counter, constants)
    return add_upstream(op, case, lambda outputs: make_pinned_upstream(outputs, counter, kind))


def add_upstream(op: Op, case: Case, draw: Callable[[tuple[Values, ...]], tuple[Values, ...]]) -> Case:
    """The case with an upstream of the outputs' shapes; without one where forward does not run."""
    try:
        return case.at(case.point, draw(Evaluator(op, case).outputs(case.point)))
    except (UserError, Malformed):
        return case
