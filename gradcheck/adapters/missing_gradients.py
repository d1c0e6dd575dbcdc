"""Inputs for which backward returns no gradient, in a trial: whether the output depends on them decides what they
are."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from gradcheck.adapters.trial_cases import draw_trial_case, draw_trial_inputs
from gradcheck.arrays import Values
from gradcheck.declaration.inputs import Several
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.records.case import Case

STEP = 2.0**-20
"""The step by which smooth dependence is told from a jump: far above rounding, far below the distance of two values."""


def find_missing_gradients(op: Op, wants_others: bool = True) -> list[str]:
    """Return the differentiable inputs without a gradient in a trial, where all other gradients have the shapes of
    their inputs, else an empty list.  wants_others: whether there must be another gradient."""
    if any(isinstance(declared, Several) for declared in op.inputs.values()):
        return []
    case = draw_trial_case(op)
    returned = run_backward(op, case)
    owed = [n for n, declared in op.inputs.items() if declared.differentiable]  # type: ignore[union-attr]
    if len(returned) == len(op.inputs):
        gradients = dict(zip(op.inputs, returned, strict=True))
        given = [n for n in owed if gradients[n] is not None]
        fits = bool(given or not wants_others) and all(has_shape(gradients[n], case.inputs[n]) for n in given)
        return [n for n in owed if n not in given] if fits else []
    return assign_by_shape(returned, owed, case.inputs)


def assign_by_shape(returned: Sequence[Any], owed: Sequence[str], inputs: Mapping[str, Values]) -> list[str]:
    """Return the inputs that too few gradients leave out, if they are those of the first inputs of these shapes."""
    for chosen in combinations(owed, len(returned)) if 0 < len(returned) < len(owed) else ():
        if all(has_shape(g, inputs[n]) for g, n in zip(returned, chosen, strict=True)):
            return [n for n in owed if n not in chosen]
    return []


def run_backward(op: Op, case: Case) -> tuple[Any, ...]:
    """Return whatever backward returns in a case; an empty tuple where it or forward raises."""
    evaluator = Evaluator(op, case)
    try:
        _, cache = evaluator.call_forward(case.point)
        returned = evaluator.call_backward(case.upstream, cache)
    except (UserError, Malformed):
        return ()
    return tuple(returned) if isinstance(returned, (tuple, list)) else (returned,)


def has_shape(gradient: Any, x: Values) -> bool:
    """Whether a gradient is an array of the shape of its input."""
    return gradient is not None and not isinstance(gradient, Mapping) and np.shape(gradient) == x.shape


def depends_on(op: Op, name: str) -> bool:
    """Whether the output of a trial changes with an input."""
    case = draw_trial_inputs(op)
    changed = compute_outputs(op, move_input(case, name, 0.375))
    before = compute_outputs(op, case)
    return bool(before) and bool(changed) and not all(map(has_same_values, before, changed))


def depends_smoothly_on(op: Op, name: str) -> bool:
    """Whether the output of a trial is finite and changes in proportion to a small change of an input: real numbers do
    so, and labels do not."""
    case = draw_trial_inputs(op)
    outputs = [compute_outputs(op, move_input(case, name, k * STEP)) for k in (0, 1, 2)]
    if not all(outputs) or not all(np.isfinite(y).all() for y in outputs[0]):
        return False
    once, twice = (sum(float(np.abs(b - a).sum()) for a, b in zip(outputs[0], outputs[k], strict=True)) for k in (1, 2))
    return once > 0 and once < twice < 4 * once


def move_input(case: Case, name: str, step: float) -> Case:
    """Return the case with one of its inputs moved, each element by another part of a step."""
    x = case.inputs[name]
    parts = np.cos(1.0 + np.arange(x.size)).reshape(x.shape)
    return replace(case, inputs={**case.inputs, name: x + step * parts})


def compute_outputs(op: Op, case: Case) -> tuple[Values, ...]:
    """Return the outputs in a case; an empty tuple where forward raises."""
    try:
        return Evaluator(op, case).outputs(case.point)
    except (UserError, Malformed):
        return ()


def has_same_values(a: Values, b: Values) -> bool:
    """Whether two outputs are equal, also where they are NaN."""
    return a.shape == b.shape and bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))
