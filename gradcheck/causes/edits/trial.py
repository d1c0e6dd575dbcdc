"""A trial of code as it is at the moment, in one case: whether it makes a gradient right and leaves the rest."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from types import FrameType
from typing import Any, Protocol

import numpy as np

from gradcheck.arrays import Gradients, Point, Values
from gradcheck.causes.module_state import ModuleState
from gradcheck.causes.slopes import Slope, measure_slope_of_input
from gradcheck.causes.wrong_case import WrongCase, are_equal_within, run_both_ways
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.evaluation.outside_stops import OutsideStop
from gradcheck.oracles.finite_differences.directions import measure_typical_size, round_down_to_power_of_two
from gradcheck.records.case import Case

SAME_OUTPUTS = 1e-12
"""The part by which an output may differ where an edit changes the order of operations alone."""
MOST_LINES = 100_000
"""Lines that code with a loop on a condition may run in a trial."""


class TrialTooLong(OutsideStop):
    """Edited code did not come to an end.  From outside, so that the code lets it through."""


class CodeTrial(Protocol):
    """What tries code in one case: its results, the gradients or the outputs, have to be right there."""

    @property
    def most_right(self) -> int:
        """How many results may be right."""

    def judge(self) -> Gradients | None:
        """Return the results where the one in question is right; else None."""

    def keeps_others(self, results: Gradients, /) -> bool:
        """Whether no other result that was right is now wrong."""

    def count_right(self, results: Gradients, /) -> int:
        """Count the results that are right."""


class CaseTrial:
    """Tries code in one case.  What is right there is computed before, by the code as it was.

    label: the input whose gradient is wrong.  has_while: whether the code has loops that may never end.
    """

    def __init__(self, case: WrongCase, label: str, has_while: bool) -> None:
        self.case, self.i, self.has_while = case, case.labels.index(label), has_while
        self.expected, self.outputs = case.expected(self.i).value, case.outputs
        self.error = 4 * np.max(case.expected(self.i).error, initial=0.0)

    @property
    def most_right(self) -> int:
        """How many gradients may be right."""
        return len(self.case.differentiable)

    def judge(self) -> Gradients | None:
        """Return the gradients where that of the input is right and the outputs are what they were; else None."""
        gradients = run_calls(Evaluator(self.case.op, self.case.case), self.outputs, self.has_while)
        gradient = gradients[self.i] if gradients else None
        if gradient is None or gradient.shape != self.expected.shape or not np.isfinite(gradient).all():
            return None
        return gradients if are_equal_within(gradient, self.expected, self.error) else None

    def keeps_others(self, gradients: Gradients) -> bool:
        """Whether no gradient of another input that was right is now wrong; where backward raised, whether all are
        right."""
        if self.case.is_unclaimed:
            return self.count_right(gradients) == len(self.case.differentiable)
        return all(
            self.is_as_before(j, gradients[j]) or (self.case.is_wrong(j) and gradients[j] is not None)
            for j in self.case.differentiable
            if j != self.i
        )

    def is_as_before(self, j: int, gradient: Values | None) -> bool:
        """Whether the gradient of an input is what it was."""
        same = are_same_gradients(self.case.claimed[j], gradient)
        return same or (gradient is not None and self.case.is_claimed(j, gradient))

    def count_right(self, gradients: Gradients) -> int:
        """Count the inputs whose gradients are right."""
        return len(self.case.differentiable) - len(self.list_wrong(gradients))

    def list_wrong(self, gradients: Gradients) -> list[int]:
        """List the inputs whose gradients are wrong."""
        wrong = list[int]()
        for j in self.case.differentiable:
            gradient, expected = gradients[j], self.case.expected(j).value
            fits = gradient is not None and gradient.shape == expected.shape
            if gradient is None or not fits or not self.case.are_equal(j, gradient, expected):
                wrong.append(j)
        return wrong


class OrderedTrial:
    """Tries code that keeps state between calls: in several cases one after the other, and in the reverse order, each
    time beginning in the state after the import of its modules."""

    def __init__(self, trials: Sequence[CodeTrial], state: ModuleState) -> None:
        self.trials, self.state = trials, state

    @property
    def most_right(self) -> int:
        """How many results may be right in the first case."""
        return self.trials[0].most_right

    def judge(self) -> Gradients | None:
        """Return the results in the first case where the one in question is right in all, in both orders; else None."""
        results: Gradients | None = None
        for trials in (self.trials[::-1], self.trials):
            self.state.reset()
            for trial in trials:
                judged = trial.judge()
                if judged is None or not trial.keeps_others(judged):
                    return None
                results = judged if trial is self.trials[0] else results
        return results

    def keeps_others(self, results: Gradients) -> bool:
        """Whether no other result that was right is now wrong."""
        return self.trials[0].keeps_others(results)

    def count_right(self, results: Gradients) -> int:
        """Count the results that are right in the first case."""
        return self.trials[0].count_right(results)


class DirectionTrial:
    """Tries code in one case, of any size, along one direction of each input: a gradient that is right along a random
    one is right, but for a chance of zero.  What is right is computed before, by the code as it was."""

    def __init__(self, op: Op, case: Case, label: str, has_while: bool) -> None:
        self.op, self.case, self.has_while = op, case, has_while
        self.evaluator = Evaluator(op, case)
        self.i = self.evaluator.labels.index(label)
        self.outputs = self.evaluator.outputs(case.point)
        self.before = run_calls(Evaluator(op, case), self.outputs, has_while)
        self.slopes: dict[int, tuple[Values, Slope]] = {}
        self.measure(self.i)

    def measure(self, j: int) -> tuple[Values, Slope]:
        """Return a direction of input j, and the slope along it."""
        if j not in self.slopes:
            x = self.case.point[j]
            size = round_down_to_power_of_two(measure_typical_size(x))
            direction = size * self.case.rng(f"edits {j}").choice([-1.0, -0.5, 0.5, 1.0], x.shape)
            self.slopes[j] = direction, measure_slope_of_input(self.evaluator, j, direction)
        return self.slopes[j]

    def is_right(self, j: int, gradient: Values | None) -> bool:
        """Whether the gradient of input j is right along its direction; so it is said where nothing is known."""
        direction, slope = self.measure(j)
        if gradient is None or gradient.shape != direction.shape or not np.isfinite(gradient).all():
            return False
        return not slope.is_known or slope.is_of(gradient, direction)

    @property
    def most_right(self) -> int:
        """How many gradients may be right."""
        return sum(self.evaluator.differentiable)

    def judge(self) -> Gradients | None:
        """Return the gradients where that of the input is right and the outputs are what they were; else None."""
        gradients = run_calls(Evaluator(self.op, self.case), self.outputs, self.has_while)
        return gradients if gradients and self.is_right(self.i, gradients[self.i]) else None

    def keeps_others(self, gradients: Gradients) -> bool:
        """Whether no gradient of another input that was right is now wrong; where backward raised, whether all are
        right."""
        moving = [j for j, moves in enumerate(self.evaluator.differentiable) if moves and j != self.i]
        before = self.before
        return all(
            self.is_right(j, gradients[j])
            or (before is not None and are_same_gradients(before[j], gradients[j]))
            or (before is not None and not self.is_right(j, before[j]))
            for j in moving
        )

    def count_right(self, gradients: Gradients) -> int:
        """Count the inputs whose gradients are right."""
        return sum(self.is_right(j, gradients[j]) for j, moves in enumerate(self.evaluator.differentiable) if moves)


def run_calls(evaluator: Evaluator, expected: Point, has_while: bool) -> Gradients | None:
    """Return what backward gives for each input; None where the code raises, or its outputs are not those expected."""
    try:
        with limit_lines() if has_while else nullcontext():
            outputs, gradients = run_both_ways(evaluator)
    except (UserError, Malformed, TrialTooLong):
        return None
    same = all(are_same_gradients(a, b) or are_close(a, b) for a, b in zip(outputs, expected, strict=True))
    return gradients if same and len(gradients) == len(evaluator.case.point) else None


def are_close(a: Values, b: Values) -> bool:
    """Whether two outputs are the same but for rounding."""
    return a.shape == b.shape and np.allclose(a, b, rtol=SAME_OUTPUTS, atol=0, equal_nan=True)


def are_same_gradients(a: Values | None, b: Values | None) -> bool:
    """Whether two gradients are the same."""
    if a is None or b is None:
        return a is b
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=True)


@contextmanager
def limit_lines() -> Iterator[None]:
    """Stop what runs inside, where it runs more lines than MOST_LINES, by TrialTooLong."""
    before, left = sys.gettrace(), MOST_LINES

    def count(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal left
        left -= event == "line"
        if left < 0:
            raise TrialTooLong("edited code runs too long")
        return count

    sys.settrace(count)
    try:
        yield
    finally:
        sys.settrace(before)
