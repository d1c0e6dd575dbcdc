"""A trial of code as it is at the moment, in one case: whether it makes a gradient right and leaves the rest."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.causes.wrong_case import RELATIVE_TOLERANCE, WrongCase
from gradcheck.evaluation.evaluator import COPIED, Evaluator, Malformed, UserError
from gradcheck.evaluation.outside_stops import OutsideStop
from gradcheck.evaluation.returned_arrays import is_array_like, read_sequence

MOST_LINES = 100_000
"""Lines that code with a loop on a condition may run in a trial."""


class TrialTooLong(OutsideStop):
    """Edited code did not come to an end.  From outside, so that the code lets it through."""


class CaseTrial:
    """Tries code in one case.  What is right there is computed before, by the code as it was.

    label: the input whose gradient is wrong.  has_while: whether the code has loops that may never end.
    """

    def __init__(self, case: WrongCase, label: str, has_while: bool) -> None:
        self.case, self.i, self.has_while = case, case.labels.index(label), has_while
        self.expected, self.outputs = case.expected(self.i).value, case.outputs
        self.error = 4 * np.max(case.expected(self.i).error, initial=0.0)

    def run(self) -> tuple[Point, tuple[Any, ...]] | None:
        """Return outputs, and what backward returns for each input; None where the code raises."""
        evaluator = Evaluator(self.case.op, self.case.case)
        try:
            with limit_lines() if self.has_while else nothing():
                outputs, cache = evaluator.forward(self.case.inputs, COPIED)
                returned = evaluator.pull(self.case.upstream, cache, COPIED)
        except (UserError, Malformed, TrialTooLong):
            return None
        given = read_sequence(returned) if issubclass(type(returned), (tuple, list)) else (returned,)
        return (outputs, given) if len(given) == len(self.case.inputs) else None

    def judge(self) -> tuple[Values | None, ...] | None:
        """Return the gradients where that of the input is right and the outputs are what they were; else None."""
        result = self.run()
        if result is None:
            return None
        outputs, given = result
        gradient = convert_gradient(given[self.i])
        if gradient is None or gradient.shape != self.expected.shape:
            return None
        if not self.is_right(gradient) or not self.keeps_outputs(outputs):
            return None
        return tuple(map(convert_gradient, given))

    def is_right(self, gradient: Values) -> bool:
        """Whether a gradient of the input is right, as `WrongCase.are_equal` has it."""
        if not (np.isfinite(gradient).all() and np.isfinite(self.expected).all()):
            return False
        largest = max(np.max(np.abs(gradient), initial=0.0), np.max(np.abs(self.expected), initial=0.0))
        return bool(np.all(np.abs(gradient - self.expected) <= RELATIVE_TOLERANCE * largest + self.error))

    def keeps_outputs(self, outputs: Point) -> bool:
        """Whether outputs are those of the code as it was."""
        pairs = zip(outputs, self.outputs, strict=True)
        return all(a.shape == b.shape and np.allclose(a, b, rtol=1e-12, atol=0, equal_nan=True) for a, b in pairs)

    def keeps_others(self, gradients: tuple[Values | None, ...]) -> bool:
        """Whether no gradient of another input that was right is now wrong."""
        return all(
            self.is_as_before(j, gradients[j]) or (self.case.is_wrong(j) and gradients[j] is not None)
            for j in self.case.differentiable
            if j != self.i
        )

    def is_as_before(self, j: int, gradient: Values | None) -> bool:
        """Whether the gradient of an input is what it was."""
        claimed = self.case.claimed[j]
        if gradient is None or claimed is None:
            return gradient is claimed
        if claimed.shape != gradient.shape:
            return False
        return np.array_equal(claimed, gradient, equal_nan=True) or self.case.are_equal(j, claimed, gradient)

    def count_right(self, gradients: tuple[Values | None, ...]) -> int:
        """Count the inputs whose gradients are right."""
        right = 0
        for j in self.case.differentiable:
            gradient, expected = gradients[j], self.case.expected(j).value
            right += (
                gradient is not None and gradient.shape == expected.shape and self.case.are_equal(j, gradient, expected)
            )
        return right


def convert_gradient(given: Any) -> Values | None:
    """Return a gradient as an array; None where it is none."""
    try:
        return np.array(given, float) if is_array_like(given) else None
    except (TypeError, ValueError):
        return None


@contextmanager
def nothing() -> Iterator[None]:
    """Change nothing."""
    yield


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
