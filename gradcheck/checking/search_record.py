"""The record of a search: what the cases of a check looked at, and what they did not."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from gradcheck.arrays import Values
from gradcheck.coverage.execution import Execution
from gradcheck.coverage.nested_code import walk_code
from gradcheck.coverage.unreached import count_lines, list_unreached_places
from gradcheck.coverage.user_code import list_user_functions
from gradcheck.declaration.op import Op
from gradcheck.declaration.origin import NotChecked
from gradcheck.evaluation.evaluator import COPIED_ANEW, Evaluator, Malformed, UserError
from gradcheck.records.case import Case
from gradcheck.records.searched import CaseClass, Searched, find_ends

MOST_TOLD = 8
"""Places of an op's code that no case ran, which are told one by one."""


class SearchRecord:
    """What the cases of a check looked at so far."""

    def __init__(self, op: Op) -> None:
        self.op = op
        codes = [code for function in list_user_functions(op) for code in walk_code(function.__code__)]
        self.execution = Execution(codes)
        self.searched = Searched()

    def take(self, case: Case, evaluator: Evaluator | None = None) -> None:
        """Watch which instructions of forward and backward run.  evaluator: remembers the results."""
        evaluator = evaluator or Evaluator(self.op, case)
        moving = [a for a, moves in zip(case.point, evaluator.differentiable, strict=True) if moves]
        self.searched = Searched.join([self.searched, describe_arrays(case.point, moving)])
        if self.execution.is_complete:
            return
        before = self.execution.amount
        with suppress(UserError, Malformed), self.execution.record():
            if case.upstream:
                evaluator.results(case.point, case.upstream)
            else:
                evaluator.outputs(case.point, COPIED_ANEW)
        if self.execution.amount > before:
            self.execution.is_complete = self.has_reached_all()

    def has_reached_all(self) -> bool:
        """Return whether both functions were entered, and all of their code ran."""
        lines = count_lines(self.execution)
        return 0 < lines.reached == lines.total and not list_unreached_places(self.execution)

    def result(self) -> Searched:
        """Return what was looked at."""
        lines = count_lines(self.execution)
        return replace(self.searched, lines_reached=lines.reached, lines=lines.total)

    def list_unreached(self) -> tuple[NotChecked, ...]:
        """List the places of the code that no case ran, the first MOST_TOLD of them one by one."""
        found = [] if self.execution.is_complete else list_unreached_places(self.execution)
        more = [NotChecked(f"{len(found) - MOST_TOLD} more places", "no case ran them")] * (len(found) > MOST_TOLD)
        return (*found[:MOST_TOLD], *more)


def describe_arrays(arrays: Sequence[Values], moving: Sequence[Values]) -> Searched:
    """Describe the lengths and the values of arrays.  moving: those that have a gradient."""
    lengths = [length for a in arrays for length in a.shape]
    ends = [end for a in moving if a.size for end in measure_ends(np.abs(a))]
    largest = max((float(np.max(np.abs(a), initial=0.0)) for a in moving), default=0.0)
    return Searched(find_ends(lengths), find_ends(ends), cases={CaseClass.of(max(lengths, default=0), largest): 1})


def measure_ends(sizes: Values) -> list[float]:
    """Measure the least and the largest of the absolute values that are neither zero nor infinite, if there is any."""
    least, most = float(sizes.min()), float(sizes.max())
    if least > 0 and most < np.inf:
        return [least, most]
    sizes = sizes[(sizes != 0) & np.isfinite(sizes)]
    return [float(sizes.min()), float(sizes.max())] if sizes.size else []
