"""The search for an edit of one statement of forward after which a wrong output is what the reference says, in every
case."""

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import islice

from gradcheck.arrays import Gradients, Point
from gradcheck.causes.cause import Cause
from gradcheck.causes.edits.candidates import rank_candidates
from gradcheck.causes.edits.editable_statements import EditableStatement, list_run_statements
from gradcheck.causes.edits.edited_code import preserve_globals
from gradcheck.causes.edits.fresh_cases import FRESH_SEED
from gradcheck.causes.edits.search import (
    BUDGET,
    SearchCount,
    Survivor,
    has_loops_on_conditions,
    prepare_trials,
    try_candidate,
    try_edits,
)
from gradcheck.causes.edits.traced_functions import list_traced_functions
from gradcheck.causes.edits.tracing import trace_gradients
from gradcheck.causes.edits.trial import TrialTooLong, are_same_gradients, limit_lines
from gradcheck.causes.telling_cases import draw_telling_points
from gradcheck.causes.wrong_case import WrongCase
from gradcheck.causes.wrong_value import WrongValue
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.records.patch import Patch

MOST_FRESH_VALUES = 8
"""Cases of another seed in which an edit has to be right as well."""


class ValueTrial:
    """Tries code in one case.  What is right there is computed before."""

    def __init__(self, case: WrongValue, has_while: bool) -> None:
        self.case, self.has_while = case, has_while
        self.expected, self.before = case.expected, case.evaluator.outputs(case.case.point)

    def judge(self) -> Point | None:
        """Return the outputs where the one in question is right; else None."""
        evaluator = Evaluator(self.case.op, self.case.case)
        try:
            with limit_lines() if self.has_while else nullcontext():
                outputs = evaluator.outputs(self.case.case.point)
        except (UserError, Malformed, TrialTooLong):
            return None
        value = outputs[self.case.i]
        is_right = self.expected is not None and self.case.are_equal(value, self.expected)
        return outputs if is_right else None

    def keeps_others(self, outputs: Gradients) -> bool:
        """Whether no other output is now another one."""
        pairs = zip(outputs, self.before, strict=True)
        return all(j == self.case.i or are_same_gradients(a, b) for j, (a, b) in enumerate(pairs))

    def count_right(self, outputs: Gradients) -> int:
        """Count the outputs that are right: the one in question, where an edit is kept at all."""
        return 1


def find_value_patches(
    cases: Sequence[WrongValue], budget: float = BUDGET, clock: Callable[[], float] = time.perf_counter
) -> list[tuple[Cause, Patch]]:
    """Find the edits of one statement of forward after which an output is right in all cases, the best first.

    cases: the wrong ones first.  budget: seconds, by a clock.  [] where there is no source, or no edit is right.
    """
    op, i = cases[0].op, cases[0].i
    started = clock()
    with prepare_trials():
        statements = list_forward_statements(cases[0])
        has_while = has_loops_on_conditions(statements)
        fresh = [
            c for case in draw_telling_points(op, FRESH_SEED) if (c := WrongValue(op, case, i)).expected is not None
        ]
        with preserve_globals([function for one in statements for function, _ in one.unit.functions]):
            trials = [ValueTrial(case, has_while) for case in cases]
            again = [ValueTrial(case, has_while) for case in islice(fresh, MOST_FRESH_VALUES)]
            found = try_edits(rank_candidates(statements), trials, lambda: clock() - started > budget, SearchCount())
            kept = [one for one in sorted(found, key=Survivor.rate) if try_candidate(one.candidate, again)]
    return [(one.candidate.cause, one.candidate.make_patch(len(cases) + len(again))) for one in kept]


def list_forward_statements(case: WrongValue) -> list[EditableStatement]:
    """List the statements of forward that ran, the last first."""
    functions = list_traced_functions(trace_gradients(WrongCase(case.op, case.case, ())))
    found = [one for function, one in list_run_statements(functions) if function.trace.in_forward]
    return [replace(one, distance=k) for k, one in enumerate(reversed(found))]
