"""The search for an edit of one statement of forward after which a wrong output is what the reference says, in every
case."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

from gradcheck.causes.cause import Cause
from gradcheck.causes.edits.candidates import rank_candidates
from gradcheck.causes.edits.editable_statements import LINES_PER_TIER, EditableStatement, list_unranked_statements
from gradcheck.causes.edits.edited_code import preserve_globals
from gradcheck.causes.edits.fresh_cases import draw_fresh_cases
from gradcheck.causes.edits.search import (
    BUDGET,
    SearchCount,
    Survivor,
    has_loops_on_conditions,
    prepare_trials,
    try_candidate,
    try_edits,
)
from gradcheck.causes.edits.slicing import GradientSlicer
from gradcheck.causes.edits.traced_functions import list_traced_functions
from gradcheck.causes.edits.tracing import trace_gradients
from gradcheck.causes.edits.trial import CodeTrial, DirectionTrial
from gradcheck.causes.edits.value_trial import FarTrial, ValueTrial
from gradcheck.causes.setting_names import is_share_of_dropout
from gradcheck.causes.wrong_case import WrongCase
from gradcheck.causes.wrong_value import WrongValue
from gradcheck.evaluation.evaluator import Malformed, UserError
from gradcheck.records.patch import Patch

MOST_FAR = 3
"""Cases in which an edit has to stay finite far out."""
MOST_VALUES = 10
"""Fresh cases in which an edit has to be right as well."""
SMOOTH_KINDS = ("plain", "wide")
"""Kinds of values without ties, at which a gradient is told from a wrong one."""

LENGTH = re.compile(r"\blen\(|\.(shape|size)\b")
"""A length in a text of code."""

VALUE_NAMES = {
    "sign": "value-sign",
    "constant-factor": "value-constant-factor",
    "factor-missing": "value-constant-factor",
    "factor-extra": "value-constant-factor",
    "divided-by-length": "value-mean-for-sum",
    "multiplied-by-length": "value-mean-for-sum",
    "sum-wrong-axis": "value-wrong-axis",
    "sum-missing": "value-wrong-axis",
    "sum-extra": "value-wrong-axis",
    "eps-missing": "value-eps-misplaced",
    "eps-misplaced": "value-eps-misplaced",
    "unbiased": "value-unbiased",
    "wrong-count": "value-mean-for-sum",
    "setting-factor": "value-setting",
    "setting-ignored": "value-setting",
    "term-missing": "value-term-missing",
    "regularisation-missing": "value-term-missing",
    "axes-permuted": "value-axes-permuted",
    "axis-reversed": "value-axis-reversed",
    "transposed": "value-weights-transposed",
}
"""Of a mistake in backward, the name of the same in forward, where that has one of its own."""


def find_value_patch(
    cases: Sequence[WrongValue], budget: float = BUDGET, clock: Callable[[], float] = time.thread_time
) -> tuple[Cause | None, Patch | None]:
    """Find the edit of one statement of forward after which an output is right in all cases: the cause that it mends,
    and the edit where the gradients are right as well.  None for each where there is none, or no source.

    cases: the wrong ones first.  budget: seconds, by a clock.  No edit is returned that is not finite far out, where
    the reference or the code as it is are.
    """
    started = clock()
    with prepare_trials():
        statements = list_forward_statements(cases[0])
        has_while = has_loops_on_conditions(statements)
        with preserve_globals([function for one in statements for function, _ in one.unit.functions]):
            trials: list[CodeTrial] = [ValueTrial(case, has_while) for case in cases]
            trials += [FarTrial(case, has_while) for case in cases[:MOST_FAR]]
            found = try_edits(rank_candidates(statements), trials, lambda: clock() - started > budget, SearchCount())
            again = [*draw_value_trials(cases[0], has_while)] if found else []
            right = [one for one in sorted(found, key=Survivor.rate) if try_candidate(one.candidate, again) is not None]
            kept = next((one for one in right if leaves_gradients_right(one, again)), None)
    named = kept or next(iter(right), None)
    cause = None if named is None else name_of_value(named)
    return cause, None if kept is None else kept.candidate.make_patch(len(trials) + len(again))


def draw_value_trials(case: WrongValue, has_while: bool) -> Iterator[ValueTrial]:
    """Yield trials in fresh cases in which the reference can be run."""
    drawn = (WrongValue(case.op, fresh, case.i) for fresh in draw_fresh_cases(case.op))
    yield from islice((ValueTrial(one, has_while) for one in drawn if one.expected is not None), MOST_VALUES)


def leaves_gradients_right(survivor: Survivor, trials: Sequence[ValueTrial]) -> bool:
    """Whether the gradients are right in other cases after an edit."""
    with survivor.candidate.of.unit.put_in_place(survivor.candidate.compile()):
        return all(has_right_gradients(one) for one in trials if one.case.case.kind in SMOOTH_KINDS)


def has_right_gradients(trial: ValueTrial) -> bool:
    """Whether the gradients of the code as it is now are right in a case, each along one direction."""
    op, case = trial.case.op, trial.case.case
    moving = [label for label, moves in zip(case.inputs, trial.case.evaluator.differentiable, strict=True) if moves]
    try:
        return all(DirectionTrial(op, case, label, trial.has_while).judge() is not None for label in moving)
    except (UserError, Malformed):
        return False


def name_of_value(survivor: Survivor) -> Cause:
    """Return the cause of an edit by its name for values."""
    cause, before = survivor.candidate.cause, survivor.candidate.make_patch(0).before
    if cause.name == "term-added" and cause.words.endswith("`1`") and LENGTH.search(before):
        return Cause("value-unbiased", f"line {survivor.candidate.edit.start[0]} counts one element less", cause.hint)
    if cause.name == "complement" and any(map(is_share_of_dropout, re.findall(r"[^\W\d]\w*", before))):
        return Cause("value-keep-for-drop", cause.words, cause.hint)
    return Cause(VALUE_NAMES.get(cause.name, cause.name), cause.words, cause.hint)


def list_forward_statements(case: WrongValue) -> list[EditableStatement]:
    """List the statements of forward that ran, those that bear on the output first, of these the last first."""
    trace = trace_gradients(WrongCase(case.op, case.case, ()))
    if any(code.is_compiled for code in trace.codes.values()):
        return []
    functions, outputs = list_traced_functions(trace), case.evaluator.outputs(case.case.point)
    slicer = GradientSlicer(functions)
    for end in trace.ends:
        slicer.start(end, outputs[case.i], case.i, len(outputs))
    run = [one for function, one in list_unranked_statements(functions) if function.trace.in_forward]
    found = [(id(one.statement) not in slicer.marked, replace(one, returned=slicer.returned)) for one in run]
    found.sort(key=lambda row: (row[0], -row[1].statement.lineno))
    return [replace(one, distance=k + 2 * LINES_PER_TIER * far) for k, (far, one) in enumerate(found)]
