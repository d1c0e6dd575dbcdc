"""What is behind a call that changes an array of the caller, or gives another answer the second time."""

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np

from gradcheck.arrays import Values, is_identical
from gradcheck.causes.edits.tracing import CallTrace, trace_gradients
from gradcheck.causes.module_state import ModuleState, find_module_state
from gradcheck.causes.telling_cases import draw_telling_points
from gradcheck.causes.wrong_case import WrongCase, are_equal_within, run_both_ways
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.isolation import silence_warnings
from gradcheck.records.case import Case

SEED_OF_CALLS = 0
"""Of the points at which an op is called."""
TOLD_BY = 3
"""Points at which an input has to be changed by a step of its gradient."""
POINTS_REPEATED, CALLS_REPEATED = 3, 4
"""Points at which an op is called again, and how often: a random bit is equal in all calls once in 4096 times."""
LARGEST_STEP = 1.0
"""The largest rate of learning."""
DRAWING = frozenset({"random", "default_rng", "RandomState", "Generator", "randn", "rand", "shuffle", "permutation"})
"""Names by which code draws at random."""


def is_learning_step(op: Op, label: str) -> bool:
    """Whether a call changes an input by minus a step times the gradient that backward returns for it, with one step at
    all points."""
    with silence_warnings():
        steps = (measure_step(op, case, label) for case in draw_telling_points(op, SEED_OF_CALLS))
        known = [*islice((step for step in steps if step is not None), TOLD_BY)]
    for which in zip(*known, strict=True):
        if len(known) == TOLD_BY and 0 < which[0] <= LARGEST_STEP and np.ptp(which) <= 1e-6 * which[0]:
            return True
    return False


def measure_step(op: Op, case: Case, label: str) -> tuple[float, float] | None:
    """Measure the step by which a call changes an input: of its gradient, and of that without the upstream of a number.
    None where the point tells nothing; (nan, nan) where the change is none of the gradient."""
    if label not in case.inputs or case.inputs[label].size < 2:
        return None
    i, evaluator = [*case.inputs].index(label), Evaluator(op, case)
    inputs, upstream = tuple(map(np.array, case.point)), tuple(map(np.array, case.upstream))
    try:
        _, cache = evaluator.call_forward(inputs)
        gradient = evaluator.validate_gradients(evaluator.call_backward(upstream, cache), case.point)[i]
    except (UserError, Malformed):
        return None
    if gradient is None or np.count_nonzero(gradient) < 2 or not np.isfinite(gradient).all():
        return None
    change = case.inputs[label] - inputs[i]
    largest = np.unravel_index(np.argmax(np.abs(gradient)), gradient.shape)
    step = float(change[largest] / gradient[largest])
    if not are_equal_within(change, step * gradient, 0.0):
        return np.nan, np.nan
    return step, step * float(case.upstream[0].sum()) if [u.size for u in case.upstream] == [1] else np.nan


def draws_at_random(op: Op) -> bool | None:
    """Whether equal calls differ since they draw at random: not where they agree once the state that the modules keep
    is the one after their import.  None where they differ there as well, though nothing is named that draws."""
    with silence_warnings():
        cases = [*islice(draw_telling_points(op, SEED_OF_CALLS), POINTS_REPEATED)]
        if not cases:
            return None
        state = find_module_state(WrongCase(op, cases[0], ()))
        if all(repeats_answers(op, case, state) for case in cases):
            return False
        return True if names_random_draws(trace_gradients(WrongCase(op, cases[0], ()))) else None


def repeats_answers(op: Op, case: Case, state: ModuleState) -> bool:
    """Whether calls of an op at a case agree in a fresh state, whatever the global random state is."""
    with state.preserved():
        answers = [*islice(list_answers(op, case, state), CALLS_REPEATED)]
    first = answers[0]
    return all(len(a) == len(first) and all(map(are_same, a, first)) for a in answers)


def list_answers(op: Op, case: Case, state: ModuleState) -> Iterator[Sequence[Values | None]]:
    """Yield the outputs and gradients of calls, each in a fresh state; nothing where the code raises."""
    while True:
        state.reset()
        try:
            outputs, gradients = run_both_ways(Evaluator(op, case))
        except (UserError, Malformed):
            yield ()
            continue
        yield (*outputs, *gradients)


def are_same(a: Values | None, b: Values | None) -> bool:
    """Whether two results are the same."""
    return a is b if a is None or b is None else is_identical(a, b)


def names_random_draws(trace: CallTrace) -> bool:
    """Whether code that ran names something that draws at random."""
    return any(DRAWING & {*one.code.co_names} for one in trace.codes.values())
