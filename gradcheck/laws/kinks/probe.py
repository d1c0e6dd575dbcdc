"""A kinked output of one case, probed alone: its gradient, and its one-sided slopes along directions."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from gradcheck.arrays import Point, Values, flat, unflatten
from gradcheck.declaration.inputs import input_name
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.laws.kinks.slopes import OneSidedSlopes
from gradcheck.oracles import autodiff
from gradcheck.oracles.directional import CaseForward, make_direction_lawful
from gradcheck.oracles.error_factors import SIDE_STEPS, VISIBILITY_FACTOR
from gradcheck.oracles.finite_differences.derivative import differentiate_one_sided
from gradcheck.oracles.finite_differences.directions import draw_few_bit_direction, measure_input_size
from gradcheck.oracles.finite_differences.line import generate_points_on_line, interleave_signs, measure_rounding_nearby

MAX_KINKED_COORDINATES = 6
KINK_PROBE_STEPS = interleave_signs(np.array([2.0**-20]))
"""Steps of the quick test for a kink: the second difference of a kinked output is far above rounding, that of a smooth
one is its curvature times 2^-40."""
KINK_LEAVING_STEPS = interleave_signs(np.array([2.0**-3]))  # a step far away from a kink, on both sides
KINK_LEAVING_NUDGES = interleave_signs(np.array([2.0**-13]))
"""Steps just beside a kink: slopes over smaller steps are known, and a smooth slope has hardly changed."""
MAX_DIRECTIONS_AROUND = 16
"""Directions in which the slopes beside a point are looked at, each on both sides."""


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
    """Return the trials of single elements."""
    return [(trial.coordinate, trial.slopes) for trial in trials if trial.coordinate]


def project_gradient(gradient: Point, direction: Point) -> float:
    """Return the product of a gradient and a direction."""
    return float(sum(np.sum((g * d)[d != 0]) for g, d in zip(gradient, direction, strict=True)))


class KinkProbe:
    """One kinked output of one case."""

    def __init__(self, evaluator: Evaluator, output: int) -> None:
        self.evaluator, self.output, self.forward = evaluator, output, CaseForward(evaluator)
        self.point = evaluator.case.point
        self.rng = evaluator.case.rng(f"kink {output}")
        self.y = flat(evaluator.outputs(self.point))
        self.rounded = measure_rounding_nearby(self.forward, self.point, self.draw_direction())
        one_hot = np.zeros(self.y.shape)
        one_hot[output] = 1.0
        self.upstream = unflatten(one_hot, evaluator.outputs(self.point))
        gradients = evaluator.gradients(self.point, self.upstream)
        self.gradient = tuple(np.zeros(x.shape) if g is None else g for g, x in zip(gradients, self.point, strict=True))

    @property
    def knows_gradient(self) -> bool:
        """Whether the gradient is one: beside an output that is not finite it may be the product of zero and
        infinity."""
        return bool(np.isfinite(self.y).all()) or all(np.isfinite(g).all() for g in self.gradient)

    def slope(self, direction: Point) -> tuple[float, float]:
        """Return the one-sided slope of the output along the direction, and its error."""
        return self.measure_slopes([direction])[0]

    def measure_slopes(self, directions: Sequence[Point]) -> list[tuple[float, float]]:
        """Return the one-sided slope of the output along each direction, and its error."""
        rows = [self.forward.evaluate_along_line(self.point, v, SIDE_STEPS)[:, self.output] for v in directions]
        estimate = differentiate_one_sided(np.stack(rows, axis=1), self.y[self.output], self.rounded[self.output])
        return list(zip(estimate.value.tolist(), estimate.error.tolist(), strict=True))

    def measure_one_sided_slopes(self, direction: Point) -> OneSidedSlopes:
        """Measure both one-sided slopes along a direction."""
        return self.measure_on_both_sides([direction])[0]

    def measure_on_both_sides(self, directions: Sequence[Point]) -> list[OneSidedSlopes]:
        """Measure both one-sided slopes along each direction."""
        measured = self.measure_slopes([side for v in directions for side in (v, tuple(-d for d in v))])
        sides = zip(directions, measured[::2], measured[1::2], strict=True)
        return [OneSidedSlopes(v, -back, right, e + f) for v, (right, e), (back, f) in sides]

    def claimed(self, direction: Point) -> float:
        """Return the slope along a direction that the hand-written gradient claims."""
        return project_gradient(self.gradient, direction)

    def compute_reference_gradient(self) -> Point | None:
        """Return the reference's gradient of the output; None where it cannot be computed."""
        if self.evaluator.op.reference is None:
            return None
        try:
            gradients = autodiff.evaluate_reference(self.evaluator, self.point, self.upstream).gradients
        except (*autodiff.UNAVAILABLE, UserError):
            return None
        return tuple(np.zeros(x.shape) if g is None else g for g, x in zip(gradients, self.point, strict=True))

    def draw_direction(self) -> Point:
        """Draw random signs and sizes over all movable inputs."""
        moves = zip(self.point, self.evaluator.differentiable, strict=True)
        sizes = [measure_input_size(x) if moving and x.size else None for x, moving in moves]
        v = [
            np.zeros(x.shape) if s is None else draw_few_bit_direction(s, self.rng)
            for x, s in zip(self.point, sizes, strict=True)
        ]
        return make_direction_lawful(self.evaluator, self.point, tuple(v))

    def second_difference_is_kinked(self, i: int, part: Values) -> bool:
        """Whether the second difference over one small step indicates a kink when these elements of input i move."""
        v = [np.zeros(x.shape) for x in self.point]
        v[i].flat[part] = self.rng.choice([-1.0, 1.0], size=len(part)) * (
            1 + self.rng.integers(0, 64, size=len(part)) / 64
        )
        ahead, behind = self.forward.evaluate_along_line(self.point, tuple(v), KINK_PROBE_STEPS)
        bend = abs(float((ahead - 2 * self.y + behind)[self.output]))
        return bend > 4 * VISIBILITY_FACTOR * float(self.rounded[self.output])

    def touching(self, i: int) -> Iterator[int]:
        """Yield the elements of input i that touch the kink, found by bisection."""
        waiting = [np.arange(self.point[i].size)] if self.evaluator.differentiable[i] else []
        while waiting:
            part = waiting.pop(0)
            if len(part) and self.second_difference_is_kinked(i, part):
                if len(part) == 1:
                    yield int(part[0])
                else:
                    waiting = [*np.array_split(part, 2), *waiting]

    def find_kinked_coordinates(self) -> Iterator[Trial]:
        """Yield the first MAX_KINKED_COORDINATES coordinates that touch the kink, and the first one of every input that
        these leave out: where several inputs touch it, functions of them tie, and not their elements."""
        count = 0
        for i, label in enumerate(self.evaluator.labels):
            for j in self.touching(i):
                slopes = self.measure_one_sided_slopes(self.make_unit_direction(i, j))
                if slopes.kinked and np.isfinite(slopes.error):
                    index = tuple(map(int, np.unravel_index(j, self.point[i].shape)))
                    yield Trial(slopes, Coordinate(label, index))
                    count += 1
                    if count >= MAX_KINKED_COORDINATES:
                        break

    def make_unit_direction(self, i: int, j: int) -> Point:
        """Return the direction that moves only element j of input i."""
        v = [np.zeros(x.shape) for x in self.point]
        v[i].flat[j] = 1.0
        return tuple(v)

    def measure_trial_directions(self) -> list[Trial]:
        """Measure the directions that are judged: the coordinates that touch the kink, a positive one, and two signed
        ones."""
        positive = tuple(np.abs(d) for d in self.draw_direction())
        directions = (positive, self.draw_direction(), self.draw_direction())
        return [*self.find_kinked_coordinates(), *map(Trial, self.measure_on_both_sides(directions))]

    def is_exactly_on_kink(self, unit: Point) -> bool:
        """Whether the point lies exactly on the kink, where there is a choice, and not just beside it: then the
        gradients one float before and one float behind differ."""
        sides = []
        for end in (np.inf, -np.inf):
            point = tuple(
                np.where(d != 0, np.nextafter(a, end), a) if d.any() else a
                for a, d in zip(self.point, unit, strict=True)
            )
            sides.append(self.evaluator.gradients(point, self.upstream))
        return any(g is not None and not np.array_equal(g, h) for g, h in zip(*sides, strict=True))

    def make_nearby_probes(self, trials: Sequence[Trial]) -> Iterator["KinkProbe"]:
        """Yield probes of this output where one of the coordinates that touch the kink has moved."""
        for _, slopes in coordinate_trials(trials):
            for point in generate_points_on_line(self.point, slopes.direction, KINK_LEAVING_STEPS):
                with suppress(UserError, Malformed):
                    yield KinkProbe(Evaluator(self.evaluator.op, self.evaluator.case.at(point)), self.output)

    def make_probes_around(self, trials: Sequence[Trial]) -> Iterator["KinkProbe"]:
        """Yield probes of this output a little beside the point: where one coordinate that touches the kink has moved,
        or all inputs."""
        moves = [slopes.direction for _, slopes in coordinate_trials(trials)]
        for number in range(MAX_DIRECTIONS_AROUND):
            move = moves[number] if number < len(moves) else self.draw_direction()
            for point in generate_points_on_line(self.point, move, KINK_LEAVING_NUDGES):
                with suppress(UserError, Malformed):
                    yield KinkProbe(Evaluator(self.evaluator.op, self.evaluator.case.at(point)), self.output)

    def is_convex_or_concave(self, trials: Sequence[Trial], pairs: int, most_parts: int = 0) -> bool:
        """Whether one-sided slopes are subadditive, or superadditive, in all sampled sums of directions: then they
        bound the gradient.  A direction and its opposite are such a sum, and pairs, and with most_parts a direction of
        so many parts at most: a median of many equal elements is moved by no part alone."""
        excesses = [s.right - s.left for s in (t.slopes for t in trials) if s.kinked and np.isfinite(s.error)]
        sums = [[self.draw_direction(), self.draw_direction()] for _ in range(pairs)]
        if most_parts:
            sums.append(list(split_direction(self.draw_direction(), most_parts, self.rng)))
        for parts in sums:
            together = tuple(sum(rows[1:], rows[0]) for rows in zip(*parts, strict=True))
            slopes, errors = zip(*self.measure_slopes([*parts, together]), strict=True)
            excess, error = sum(slopes[:-1]) - slopes[-1], sum(errors)
            if not np.isfinite(error):
                return False
            excesses.append(0.0 if abs(excess) <= error else excess)
        return not excesses or min(excesses) >= 0 or max(excesses) <= 0


def split_direction(direction: Point, most: int, rng: np.random.Generator) -> Iterator[Point]:
    """Yield the parts of a direction, of one element each where there are no more than `most`, else of several."""
    total = sum(d.size for d in direction)
    part_of = rng.permutation(np.resize(np.arange(min(total, most)), total))
    for part in range(min(total, most)):
        yield tuple(unflatten(np.where(part_of == part, flat(direction), 0.0), direction))
