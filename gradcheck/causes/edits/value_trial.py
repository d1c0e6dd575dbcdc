"""A trial of forward as it is at the moment, in one case: whether an output is what the reference says, and whether it
is finite far out."""

from contextlib import nullcontext
from dataclasses import replace

import numpy as np

from gradcheck.arrays import Gradients, Point, Values
from gradcheck.causes.edits.trial import TrialTooLong, are_same_gradients, limit_lines
from gradcheck.causes.wrong_value import WrongValue
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError

FARTHER = 2.0**9
"""How much farther out inputs are in a far trial: of exp, the largest ones are not finite there."""


class ValueTrial:
    """Tries code in one case.  What is right there is computed before, by the reference and by the code as it was."""

    def __init__(self, case: WrongValue, has_while: bool) -> None:
        self.case, self.has_while = case, has_while
        self.expected, self.before = case.expected, case.evaluator.outputs(case.case.point)

    @property
    def most_right(self) -> int:
        """How many outputs may be counted as right: the one in question."""
        return 1

    def judge(self) -> Gradients | None:
        """Return the outputs where the one in question is right; else None."""
        outputs = run_forward(self.case, self.has_while)
        if outputs is None or self.expected is None:
            return None
        return outputs if self.case.are_equal(outputs[self.case.i], self.expected) else None

    def keeps_others(self, outputs: Gradients) -> bool:
        """Whether no other output is now another one."""
        return all(j == self.case.i or are_same_gradients(a, self.before[j]) for j, a in enumerate(outputs))

    def count_right(self, outputs: Gradients) -> int:
        """Count the outputs that are right: the one in question, where an edit is kept at all."""
        return 1


class FarTrial:
    """Tries code where the inputs of a case are far out: there it has to be finite wherever the reference is, or the
    code as it was."""

    def __init__(self, case: WrongValue, has_while: bool) -> None:
        self.case, self.has_while = replace(case, case=case.case.at(move_far_out(case))), has_while
        before = run_forward(self.case, has_while)
        known = [before[case.i]] if before is not None else []
        known += [self.case.expected] if self.case.expected is not None else []
        self.is_finite = [np.isfinite(value) for value in known]

    @property
    def most_right(self) -> int:
        """How many outputs may be counted as right: none here."""
        return 0

    def judge(self) -> Gradients | None:
        """Return the outputs where the one in question is finite wherever it has to be; else None."""
        outputs = run_forward(self.case, self.has_while)
        if outputs is None:
            return None if self.is_finite else ()
        value = outputs[self.case.i]
        return outputs if all(stays_finite(value, finite) for finite in self.is_finite) else None

    def keeps_others(self, outputs: Gradients) -> bool:
        """Whether no other output is now another one: the other trials tell."""
        return True

    def count_right(self, outputs: Gradients) -> int:
        """Count the outputs that are right: not known here."""
        return 0


def stays_finite(value: Values, finite: Values) -> bool:
    """Whether a value is finite wherever another one was; of another shape, where that one was at all."""
    return bool(np.isfinite(value[finite]).all() if value.shape == finite.shape else np.isfinite(value).all())


def run_forward(case: WrongValue, has_while: bool) -> Point | None:
    """Return the outputs of forward; None where it raises, or returns something else."""
    try:
        with limit_lines() if has_while else nullcontext():
            return Evaluator(case.op, case.case).outputs(case.case.point)
    except (UserError, Malformed, TrialTooLong):
        return None


def move_far_out(case: WrongValue) -> Point:
    """Return the inputs of a case, those that have a gradient FARTHER times as large, as far as their domains allow."""
    moved = []
    for (label, a), moves in zip(case.inputs.items(), case.evaluator.differentiable, strict=True):
        domain = case.op.array(label).domain
        moved.append(domain.map(FARTHER * a, {}) if moves and not domain.names else a)
    return tuple(moved)
