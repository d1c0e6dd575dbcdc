"""A case as hypotheses look at it: the gradients that backward returns, those that are right, and the derivatives of
every output, from which those of a changed computation follow."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from gradcheck.arrays import Gradients, Point, Values, flat
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import COPIED, Arrangement, Evaluator, Malformed, UserError
from gradcheck.evaluation.returned_arrays import is_array_like, read_sequence
from gradcheck.oracles.directional import CaseForward
from gradcheck.oracles.error_factors import QUICK_DERIVATIVE_STEPS
from gradcheck.oracles.finite_differences.derivative import differentiate_along
from gradcheck.oracles.finite_differences.directions import measure_typical_size, round_down_to_power_of_two
from gradcheck.oracles.finite_differences.quick_derivative import quick_derivative
from gradcheck.records.case import Case
from gradcheck.records.evidence import Estimate

MOST_DIFFERENTIATED = 192
"""Elements of an input, or of all outputs, up to which the derivatives of a case are taken one by one."""

RELATIVE_TOLERANCE = 1e-8
"""The part of the largest number by which a gradient may differ from that of a hypothesis: far more than rounding, and
less than a mistake that matters."""


@dataclass(frozen=True)
class WrongCase:
    """One case with the gradients that backward claims there.

    claimed: whatever backward returned for each input, as an array of any shape; None where it is no array.
    suspects: the causes that other cases have left, None in the first: no other one need be proposed.
    """

    op: Op
    case: Case
    claimed: tuple[Values | None, ...]
    suspects: frozenset[Hashable] | None = None

    @property
    def is_unclaimed(self) -> bool:
        """Whether no gradient is claimed at all, since backward raised."""
        return all(claimed is None for claimed in self.claimed)

    def suspecting(self, causes: Iterable[Hashable]) -> "WrongCase":
        """Return the case with suspects; it shares what was computed."""
        other = replace(self, suspects=frozenset(causes))
        vars(other).update({name: value for name, value in vars(self).items() if name != "suspects"})
        return other

    @cached_property
    def evaluator(self) -> Evaluator:
        """The evaluator of the case."""
        return Evaluator(self.op, self.case)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the inputs."""
        return self.evaluator.labels

    @property
    def inputs(self) -> Point:
        """The values of all inputs."""
        return self.case.point

    @property
    def upstream(self) -> Point:
        """The upstream of each output."""
        return self.case.upstream

    @property
    def settings(self) -> Mapping[str, Any]:
        """The settings of the case by name."""
        return self.case.settings

    @cached_property
    def outputs(self) -> Point:
        """The values of all outputs."""
        return self.evaluator.outputs(self.case.point)

    @cached_property
    def jacobians(self) -> dict[int, Estimate]:
        """The derivatives that were taken so far, by input."""
        return {}

    def jacobian(self, i: int) -> Estimate:
        """Return the derivatives of all outputs, as one vector, by all elements of input i: shape (outputs,
        elements)."""
        if i not in self.jacobians:
            self.jacobians[i] = differentiate_every_element(self.evaluator, i)
        return self.jacobians[i]

    def expected(self, i: int) -> Estimate:
        """Return the right gradient of input i."""
        return self.pull(i, self.upstream)

    def pull(self, i: int, upstream: Point) -> Estimate:
        """Return the right gradient of input i for another upstream."""
        u, j = flat(upstream), self.jacobian(i)
        used = u != 0
        value, error = u[used] @ j.value[used], np.abs(u[used]) @ j.error[used]
        return Estimate(value.reshape(self.inputs[i].shape), error.reshape(self.inputs[i].shape))

    def changed(self, point: Point | None = None, settings: Mapping[str, Any] | None = None) -> "WrongCase | None":
        """Return the case at another point or with other settings; None where forward refuses these, or its outputs
        have other shapes."""
        case = replace(self.case.at(point or self.inputs), settings={**self.settings, **(settings or {})})
        other = WrongCase(self.op, case, self.claimed)
        try:
            outputs = other.outputs
        except (UserError, Malformed):
            return None
        return other if [y.shape for y in outputs] == [u.shape for u in self.upstream] else None

    @cached_property
    def differentiable(self) -> tuple[int, ...]:
        """The indices of the inputs that have a gradient."""
        return tuple(i for i, moves in enumerate(self.evaluator.differentiable) if moves)

    def is_left(self, *causes: Hashable) -> bool:
        """Whether the cases before this one leave one of some causes."""
        return self.suspects is None or not self.suspects.isdisjoint(causes)

    def is_wrong(self, i: int) -> bool:
        """Whether the claimed gradient of input i is not the expected one."""
        return not self.is_claimed(i, self.expected(i).value)

    def is_claimed(self, i: int, gradient: Values) -> bool:
        """Whether a gradient is the claimed one of input i, within the errors of the expected one."""
        claimed = self.claimed[i]
        return claimed is not None and claimed.shape == gradient.shape and self.are_equal(i, claimed, gradient)

    def are_equal(self, i: int, a: Values, b: Values) -> bool:
        """Whether two arrays of one shape are equal within the largest error of the expected gradient of input i."""
        return are_equal_within(a, b, 4 * np.max(self.expected(i).error, initial=0.0))

    def tolerance(self, i: int) -> Values:
        """Return how far each element of the expected gradient of input i may be from a right one."""
        expected = self.expected(i)
        return np.asarray(4 * expected.error + RELATIVE_TOLERANCE * np.max(np.abs(expected.value), initial=0.0))


def make_wrong_case(op: Op, case: Case) -> WrongCase | None:
    """Return a case with what backward returns there, whatever its shapes; None where the code under test raises, what
    it returns cannot be paired with the inputs, or the case is too large or not finite."""
    try:
        outputs, claimed = run_both_ways(Evaluator(op, case))
    except (UserError, Malformed):
        return None
    if len(claimed) != len(case.point) or not is_case_small(case, outputs):
        return None
    return WrongCase(op, case, claimed)


def run_both_ways(evaluator: Evaluator, arrange: Arrangement = COPIED) -> tuple[Point, Gradients]:
    """Return the outputs of a case and whatever backward returns, each part as an array of any shape, or None where it
    is none.  Raises UserError and Malformed."""
    outputs, cache = evaluator.forward(evaluator.case.point, arrange)
    returned = evaluator.pull(evaluator.case.upstream, cache, arrange)
    given = read_sequence(returned) if issubclass(type(returned), (tuple, list)) else (returned,)
    return outputs, tuple(map(convert_gradient, given))


def convert_gradient(given: Any) -> Values | None:
    """Return what stands for a gradient as an array; None where it is none."""
    try:
        return np.array(given, float) if is_array_like(given) else None
    except (TypeError, ValueError):
        return None


def are_equal_within(a: Values, b: Values, error: float) -> bool:
    """Whether two arrays of one shape are equal within an error and rounding; where not all is finite, to the last
    number."""
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return bool(np.array_equal(a, b, equal_nan=True))
    largest = max(np.max(np.abs(a), initial=0.0), np.max(np.abs(b), initial=0.0))
    return bool(np.all(np.abs(a - b) <= RELATIVE_TOLERANCE * largest + error))


def replace_input(point: Point, i: int, a: Values) -> Point:
    """Return a point with another array for input i."""
    return (*point[:i], a, *point[i + 1 :])


def make_raised_case(op: Op, case: Case) -> WrongCase | None:
    """Return a case in which forward runs and backward raises: no gradient is claimed there.  None for any other."""
    evaluator = Evaluator(op, case)
    try:
        outputs, cache = evaluator.forward(case.point, COPIED)
    except (UserError, Malformed):
        return None
    try:
        evaluator.pull(case.upstream, cache, COPIED)
    except UserError:
        return WrongCase(op, case, (None,) * len(case.point)) if is_case_small(case, outputs) else None
    except Malformed:
        pass
    return None


def is_case_small(case: Case, outputs: Point) -> bool:
    """Whether the derivatives of a case may be taken one by one, and its outputs are finite."""
    few = sum(y.size for y in outputs) <= MOST_DIFFERENTIATED and all(a.size <= MOST_DIFFERENTIATED for a in case.point)
    return few and all(np.isfinite(y).all() for y in outputs)


def differentiate_every_element(evaluator: Evaluator, i: int) -> Estimate:
    """Differentiate all outputs by each element of one input; none after one by which an output that the upstream uses
    has no derivative, since the gradient is unknown then."""
    point, forward = evaluator.case.point, CaseForward(evaluator)
    y, used = forward.value(point), forward.weigh(evaluator.case.upstream) != 0
    value, error = np.zeros((forward.count, point[i].size)), np.full((forward.count, point[i].size), np.inf)
    for k, index in enumerate(np.ndindex(point[i].shape)):
        column = differentiate_element(forward, point, y, i, index)
        value[:, k], error[:, k] = column.value, column.error
        if not np.isfinite(column.error[used]).all():
            break
    return Estimate(value, error)


def differentiate_element(forward: CaseForward, point: Point, y: Values, i: int, index: tuple[int, ...]) -> Estimate:
    """Differentiate all outputs, which are y at the point, by one element of one input: by a few steps where these are
    enough."""
    size = round_down_to_power_of_two(abs(float(point[i][index])) or measure_typical_size(point[i]))
    direction = np.zeros(point[i].shape)
    direction[index] = size
    along = replace_input(tuple(np.zeros(a.shape) for a in point), i, direction)
    trusted = not forward.evaluator.op.origin.working_precision.is_low
    quick = quick_derivative(forward, point, along, y, QUICK_DERIVATIVE_STEPS, False, trusts_constants=trusted)
    estimate = (quick or differentiate_along(forward, point, along)).estimate
    return Estimate(estimate.value / size, estimate.error / size)
