"""A case as hypotheses of a wrong value look at it: what forward returns, and what the reference returns for this
point, for others, and for other settings."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.oracles import autodiff
from gradcheck.oracles.jaxpr.trace import ReferenceTooLong
from gradcheck.records.case import Case

VALUE_TOLERANCE = 1e-9
"""The part of the largest number by which a value may differ from that of a hypothesis."""


@dataclass(frozen=True)
class WrongValue:
    """One case with an output that forward claims there.  i: the number of the output."""

    op: Op
    case: Case
    i: int

    @cached_property
    def evaluator(self) -> Evaluator:
        """The evaluator of the case, which traces the reference for these very shapes."""
        return Evaluator(self.op, self.case, concrete_shapes=True)

    @property
    def inputs(self) -> Mapping[str, Values]:
        """The inputs by label."""
        return self.case.inputs

    @cached_property
    def claimed(self) -> Values:
        """The output that forward returns."""
        return self.evaluator.outputs(self.case.point)[self.i]

    @cached_property
    def expected(self) -> Values | None:
        """The output of the reference, None where it cannot be run."""
        return self.compute()

    def compute(self, point: Point | None = None, settings: Mapping[str, Any] | None = None) -> Values | None:
        """Return the output of the reference at another point or with other settings; None where it cannot be run, or
        is not finite."""
        point = self.case.point if point is None else point
        case = replace(self.case.at(point, ()), settings={**self.case.settings, **(settings or {})})
        evaluator = Evaluator(self.op, case, concrete_shapes=True)
        try:
            upstream = tuple(np.ones_like(y) for y in evaluator.outputs(point))
            value = autodiff.evaluate_reference(evaluator, point, upstream).outputs[self.i]
        except (UserError, Malformed, ReferenceTooLong, *autodiff.UNAVAILABLE):
            return None
        return value if np.isfinite(value).all() else None

    def is_claimed(self, value: Values) -> bool:
        """Whether a value is what forward returns."""
        return self.are_equal(value, self.claimed)

    def are_equal(self, value: Values, other: Values) -> bool:
        """Whether two outputs are equal but for rounding, and finite."""
        if value.shape != other.shape or not np.isfinite(other).all():
            return False
        return bool(np.all(np.abs(value - other) <= VALUE_TOLERANCE * np.max(np.abs(other), initial=0.0)))

    @property
    def is_wrong(self) -> bool:
        """Whether the reference comes to another value."""
        return self.expected is not None and not self.is_claimed(self.expected)
