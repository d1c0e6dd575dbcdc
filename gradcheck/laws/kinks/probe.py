"""A kinked output of one case, probed alone: its gradient, and its one-sided slopes along directions."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from gradcheck.arrays import Point, Values, flat, unflatten
from gradcheck.declaration.op import input_name
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.laws.kinks.slopes import OneSidedSlopes
from gradcheck.oracles import autodiff, finite_differences
from gradcheck.oracles.directional import CaseForward, make_direction_lawful
from gradcheck.oracles.error_factors import VISIBILITY_FACTOR

MAX_KINKED_COORDINATES = 6
KINK_PROBE_STEPS = finite_differences.interleave_signs(np.array([2.0**-20]))
"""The steps of the quick look for a kink: they move a kinked output visibly, a smooth one by its curvature times
2^-40."""
KINK_LEAVING_STEP = 2.0**-3  # a move that leaves a kink far behind


@dataclass(frozen=True)
class Coordinate:
    """One element of an input, by the input's label and the element's index."""

    label: str
    index: tuple[int, ...]

    @property
    def input_name(self) -> str:
        """The declared name of the input."""
        return input_name(self.label)

    def __str__(self) -> str:
        return f"{self.label}[{', '.join(map(str, self.index))}]" if self.index else self.label


@dataclass(frozen=True)
class Trial:
    """One-sided slopes along a direction; coordinate: the element that moves, None where several do."""

    slopes: OneSidedSlopes
    coordinate: Coordinate | None = None


def coordinate_trials(trials: Sequence[Trial]) -> list[tuple[Coordinate, OneSidedSlopes]]:
    """The trials of single elements."""
    return [(trial.coordinate, trial.slopes) for trial in trials if trial.coordinate]


def project_gradient(gradient: Point, direction: Point) -> float:
    """A gradient along a direction."""
    return float(sum(np.sum((g * d)[d != 0]) for g, d in zip(gradient, direction, strict=True)))


class KinkProbe:
    """One kinked output of one case."""

    def __init__(self, evaluator: Evaluator, output: int) -> None:
        self.evaluator, self.output, self.forward = evaluator, output, CaseForward(evaluator)
        self.point = evaluator.case.point
        self.rng = evaluator.case.rng(f"kink {output}")
        self.y = flat(evaluator.outputs(self.point))
        self.rounded = finite_differences.measure_rounding_nearby(self.forward, self.point, self.draw_direction())
        one_hot = np.zeros(self.y.shape)
        one_hot[output] = 1.0
        self.upstream = unflatten(one_hot, evaluator.outputs(self.point))
        gradients = evaluator.gradients(self.point, self.upstream)
        self.gradient = tuple(np.zeros(x.shape) if g is None else g for g, x in zip(gradients, self.point, strict=True))

    def slope(self, direction: Point) -> tuple[float, float]:
        """The slope of the output when x leaves along the direction, and its error."""
        estimate = finite_differences.differentiate_one_sided(self.forward, self.point, direction, self.y, self.rounded)
        return float(estimate.value[self.output]), float(estimate.error[self.output])

    def measure_one_sided_slopes(self, direction: Point) -> OneSidedSlopes:
        """Both one-sided slopes along a direction."""
        (right, e), (back, f) = self.slope(direction), self.slope(tuple(-d for d in direction))
        return OneSidedSlopes(direction, -back, right, e + f)

    def claimed(self, direction: Point) -> float:
        """The hand-written gradient along a direction."""
        return project_gradient(self.gradient, direction)

    def compute_reference_gradient(self) -> Point | None:
        """The reference's gradient of the output; None where it cannot be had."""
        if self.evaluator.op.reference is None:
            return None
        try:
            gradients = autodiff.evaluate_reference(self.evaluator, self.point, self.upstream).gradients
        except (autodiff.ReferenceMismatch, UserError):
            return None
        return tuple(np.zeros(x.shape) if g is None else g for g, x in zip(gradients, self.point, strict=True))

    def draw_direction(self) -> Point:
        """Random signs and sizes over all inputs that move."""
        moves = zip(self.point, self.evaluator.differentiable, strict=True)
        sizes = [finite_differences.measure_input_size(x) if moving and x.size else None for x, moving in moves]
        v = [
            np.zeros(x.shape) if s is None else finite_differences.draw_few_bit_direction(s, self.rng)
            for x, s in zip(self.point, sizes, strict=True)
        ]
        return make_direction_lawful(self.evaluator, self.point, tuple(v))

    def second_difference_is_kinked(self, i: int, part: Values) -> bool:
        """Whether the output bends like a kink when these elements of input i move: a quick look with one small
        step."""
        v = [np.zeros(x.shape) for x in self.point]
        v[i].flat[part] = self.rng.choice([-1.0, 1.0], size=len(part)) * (
            1 + self.rng.integers(0, 64, size=len(part)) / 64
        )
        ahead, behind = self.forward.evaluate_along_line(self.point, tuple(v), KINK_PROBE_STEPS)
        bend = abs(float((ahead - 2 * self.y + behind)[self.output]))
        return bend > 4 * VISIBILITY_FACTOR * float(self.rounded[self.output])

    def touching(self, i: int) -> Iterator[int]:
        """The elements of input i that touch the kink, found by bisection."""
        waiting = [np.arange(self.point[i].size)] if self.evaluator.differentiable[i] else []
        while waiting:
            part = waiting.pop(0)
            if len(part) and self.second_difference_is_kinked(i, part):
                if len(part) == 1:
                    yield int(part[0])
                else:
                    waiting = [*np.array_split(part, 2), *waiting]

    def find_kinked_coordinates(self) -> Iterator[Trial]:
        """The coordinates that touch the kink, a few of them in order."""
        taken = 0
        for i, label in enumerate(self.evaluator.labels):
            for j in self.touching(i):
                slopes = self.measure_one_sided_slopes(self.make_unit_direction(i, j))
                if slopes.kinked and np.isfinite(slopes.error):
                    index = tuple(map(int, np.unravel_index(j, self.point[i].shape)))
                    yield Trial(slopes, Coordinate(label, index))
                    taken += 1
                if taken == MAX_KINKED_COORDINATES:
                    return

    def make_unit_direction(self, i: int, j: int) -> Point:
        """A step of element j of input i alone."""
        v = [np.zeros(x.shape) for x in self.point]
        v[i].flat[j] = 1.0
        return tuple(v)

    def measure_trial_directions(self) -> list[Trial]:
        """The directions that are judged: the coordinates that touch the kink, a positive one, and two signed ones."""
        positive = tuple(np.abs(d) for d in self.draw_direction())
        directions = (positive, self.draw_direction(), self.draw_direction())
        return [*self.find_kinked_coordinates(), *(Trial(self.measure_one_sided_slopes(v)) for v in directions)]

    def is_exactly_on_kink(self, unit: Point) -> bool:
        """Whether the point is on the kink itself, not right beside it, where there is nothing to choose: then the
        gradient is another one number before the coordinate than it is one number behind."""
        sides = []
        for end in (np.inf, -np.inf):
            point = tuple(
                np.where(d != 0, np.nextafter(a, end), a) if d.any() else a
                for a, d in zip(self.point, unit, strict=True)
            )
            sides.append(self.evaluator.gradients(point, self.upstream))
        return any(g is not None and not np.array_equal(g, h) for g, h in zip(*sides, strict=True))

    def make_nearby_probes(self, trials: Sequence[Trial]) -> Iterator["KinkProbe"]:
        """The same output where one of the coordinates that touch the kink has moved."""
        for _, slopes in coordinate_trials(trials):
            for move in (KINK_LEAVING_STEP, -KINK_LEAVING_STEP):
                point = tuple(a + move * d for a, d in zip(self.point, slopes.direction, strict=True))
                with suppress(UserError, Malformed):
                    yield KinkProbe(Evaluator(self.evaluator.op, self.evaluator.case.at(point)), self.output)

    def is_convex_or_concave(self, trials: Sequence[Trial], pairs: int) -> bool:
        """Whether one-sided slopes are subadditive, or superadditive, in all pairs of directions looked at: then they
        bound the gradient.  A direction and its opposite are such a pair."""
        excesses = [s.right - s.left for s in (t.slopes for t in trials) if s.kinked and np.isfinite(s.error)]
        for _ in range(pairs):
            a, b = self.draw_direction(), self.draw_direction()
            (fa, ea), (fb, eb) = self.slope(a), self.slope(b)
            fab, eab = self.slope(tuple(x + y for x, y in zip(a, b, strict=True)))
            excess, error = fa + fb - fab, ea + eb + eab
            if not np.isfinite(error):
                return False
            excesses.append(0.0 if abs(excess) <= error else excess)
        return not excesses or min(excesses) >= 0 or max(excesses) <= 0
