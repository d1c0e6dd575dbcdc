"""kinks: where the slopes on both sides differ, the gradient lies between them, by one convention in every case.

An output is probed alone, with an upstream of one at it and zero elsewhere, along signed directions, a positive one,
and single coordinates.  One-sided slopes bound the Clarke derivative only where they are convex or concave in the
direction; that is sampled first, and where it is neither, the law abstains.  F. H. Clarke, Optimization and Nonsmooth
Analysis (1983), section 2.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from gradcheck.arrays import Point, Values, flat, unflatten
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.formatting import format_index, format_number
from gradcheck.laws.kinks.conventions import (
    TIE_CONVENTIONS,
    TIE_FOR_LARGEST,
    TIE_FOR_SMALLEST,
    OneSidedSlopes,
    name_conventions,
    round_to_error,
)
from gradcheck.laws.law import Law, Observation, make_finding
from gradcheck.oracles import autodiff, finite_differences
from gradcheck.oracles.directional import CaseForward, directional_derivatives_of_case, make_direction_lawful
from gradcheck.oracles.error_factors import EPS, REORDERING_FACTOR, VISIBILITY_FACTOR
from gradcheck.records.case import Case
from gradcheck.records.results import Evidence, Finding

MAX_PROBED_OUTPUTS, MAX_KINKED_COORDINATES = 2, 6
KINK_PROBE_STEPS = finite_differences.interleave_signs(np.array([2.0**-20]))
"""The steps of the quick look for a kink: they move a kinked output visibly, a smooth one by its curvature times
2^-40."""
KINK_LEAVING_STEP = 2.0**-3  # a move that leaves a kink far behind
DIRECTION_PAIRS, DIRECTION_PAIRS_BEFORE_FAILING = (
    3,
    16,
)  # pairs of directions looked at before judging, and again before accusing


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

    def find_kinked_coordinates(self) -> Iterator[tuple[str, OneSidedSlopes]]:
        """The coordinates that touch the kink, a few of them in order, each with its sides."""
        taken = 0
        for i, label in enumerate(self.evaluator.labels):
            for j in self.touching(i):
                sides = self.measure_one_sided_slopes(self.unit(i, j))
                if sides.kinked and np.isfinite(sides.error):
                    where = tuple(map(int, np.unravel_index(j, self.point[i].shape)))
                    yield label + format_index(where).removeprefix(" at "), sides
                    taken += 1
                if taken == MAX_KINKED_COORDINATES:
                    return

    def unit(self, i: int, j: int) -> Point:
        """A step of element j of input i alone."""
        v = [np.zeros(x.shape) for x in self.point]
        v[i].flat[j] = 1.0
        return tuple(v)

    def measure_trial_directions(self) -> list[tuple[str, OneSidedSlopes]]:
        """The directions that are judged: the coordinates that touch the kink by name, a positive one, and two signed
        ones."""
        positive = tuple(np.abs(d) for d in self.draw_direction())
        directions = (positive, self.draw_direction(), self.draw_direction())
        return [*self.find_kinked_coordinates(), *(("", self.measure_one_sided_slopes(v)) for v in directions)]

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

    def make_nearby_probes(self, trials: list[tuple[str, OneSidedSlopes]]) -> Iterator["KinkProbe"]:
        """The same output where one of the coordinates that touch the kink has moved."""
        for _, sides in ((name, sides) for name, sides in trials if name):
            for move in (KINK_LEAVING_STEP, -KINK_LEAVING_STEP):
                point = tuple(a + move * d for a, d in zip(self.point, sides.direction, strict=True))
                with suppress(UserError, Malformed):
                    yield KinkProbe(Evaluator(self.evaluator.op, self.evaluator.case.at(point)), self.output)

    def is_convex_or_concave(self, trials: list[tuple[str, OneSidedSlopes]], pairs: int) -> bool:
        """Whether one-sided slopes are subadditive, or superadditive, in all pairs of directions looked at: then they
        bound the gradient.  A direction and its opposite are such a pair."""
        excesses = [s.right - s.left for _, s in trials if s.kinked and np.isfinite(s.error)]
        for _ in range(pairs):
            a, b = self.draw_direction(), self.draw_direction()
            (fa, ea), (fb, eb) = self.slope(a), self.slope(b)
            fab, eab = self.slope(tuple(x + y for x, y in zip(a, b, strict=True)))
            excess, error = fa + fb - fab, ea + eb + eab
            if not np.isfinite(error):
                return False
            excesses.append(0.0 if abs(excess) <= error else excess)
        return not excesses or min(excesses) >= 0 or max(excesses) <= 0


def find_kinked_outputs(evaluator: Evaluator) -> list[int]:
    """The outputs that have a kink at the point; a scalar whose direction was split has one too."""
    taken, finite = (
        directional_derivatives_of_case(evaluator),
        np.isfinite(flat(evaluator.outputs(evaluator.case.point))),
    )
    if any(t.any() for s in taken for t in s.touching):
        return [0]
    return sorted({int(j) for s in taken for j in np.flatnonzero(s.kinked & finite)})


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Probe a few of the kinked outputs.  Where a kink may lie a few last digits beside the point, so that the gradient
    is that of one side, it is looked at again without these digits before anybody is accused."""
    seen = probe_kinked_outputs(op, case, evaluator)
    short = tuple(a.astype(np.float32).astype(a.dtype) if a.dtype.kind == "f" else a for a in case.point)
    if not seen.findings or all(np.array_equal(a, b) for a, b in zip(short, case.point, strict=True)):
        return seen
    again = case.at(short)
    return probe_kinked_outputs(op, again, Evaluator(op, again))


def probe_kinked_outputs(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """KinkProbe a few of the kinked outputs."""
    kinked = find_kinked_outputs(evaluator)
    if not kinked:
        return Observation(abstained="no kink in this case")
    findings: list[Finding] = []
    conventions: dict[str, str] = {}
    judged = 0
    for output in kinked[:MAX_PROBED_OUTPUTS]:
        probe = KinkProbe(evaluator, output)
        trials = probe.measure_trial_directions()
        if not probe.is_convex_or_concave(trials, DIRECTION_PAIRS):
            continue
        finding = next(
            (f for name, sides in trials if (f := find_outside_slopes(probe, probe.gradient, name, sides))), None
        )
        named = find_conventions_at_kinks(probe, trials)
        accepted = op.convention is not None and op.convention in named.values()
        if finding and not accepted:
            if not probe.is_convex_or_concave(trials, DIRECTION_PAIRS_BEFORE_FAILING) or has_conflicting_choices(
                probe, trials
            ):
                continue
            findings.append(finding)
        else:
            conventions |= named
        judged += 1
    if not judged:
        return Observation(abstained="one-sided slopes are neither convex nor concave here, so they bound nothing")
    findings += find_undeclared_conventions(op, case, conventions)
    return Observation(tuple(findings[:1]), conventions={} if findings else conventions)


def find_conventions_at_kinks(probe: KinkProbe, trials: list[tuple[str, OneSidedSlopes]]) -> dict[str, str]:
    """What the gradient does at each kind of kink met, where the point is on the kinks themselves."""
    coordinates = [(name, sides) for name, sides in trials if name]
    if not all(probe.is_exactly_on_kink(sides.direction) for _, sides in coordinates):
        return {}
    return name_conventions(probe.claimed, probe.slope, coordinates)


def has_conflicting_choices(probe: KinkProbe, trials: list[tuple[str, OneSidedSlopes]]) -> bool:
    """Whether several kinks meet in the output, as those of relu units do at x = 0: then the sum of lawful choices
    need not be lawful for the sum (A. Griewank and A. Walther, Evaluating Derivatives, chapter 14), and nobody is
    accused.  It shows in the reference, whose own gradient leaves the slopes as well, or in the gradient, which no
    longer leaves them once the inputs that do not touch the kink are made positive, or some of the kinks are left."""
    if any(find_outside_slopes(probe, probe.gradient, name, sides) for name, sides in trials if name):
        return not stays_outside_for_positive_inputs(probe, trials)  # one coordinate alone needs no sum
    return (
        reference_is_outside_slopes(probe, trials)
        or not stays_outside_for_positive_inputs(probe, trials)
        or not is_outside_at_single_kink(probe, trials)
    )


def is_outside_at_single_kink(probe: KinkProbe, trials: list[tuple[str, OneSidedSlopes]]) -> bool:
    """Whether the gradient is outside at one kink alone: a choice that is wrong there is wrong without the others,
    too.  Coordinates that touch the kinks move away one after the other, for as long as the gradient stays outside,
    until no kink is left near by."""
    for _ in range(MAX_KINKED_COORDINATES):
        near = [(again, again.measure_trial_directions()) for again in probe.make_nearby_probes(trials)]
        kinked = [(again, seen) for again, seen in near if any(s.kinked for _, s in seen)]
        if not kinked:
            return True
        still = ((again, seen) for again, seen in kinked if is_outside_slopes(again, again.gradient, seen))
        found = next(still, None)
        if found is None:
            return False
        probe, trials = found
    return False


def is_outside_slopes(probe: KinkProbe, gradient: Point, trials: list[tuple[str, OneSidedSlopes]]) -> bool:
    """Whether a gradient is outside the one-sided slopes along one of the directions."""
    return any(find_outside_slopes(probe, gradient, name, sides) for name, sides in trials)


def reference_is_outside_slopes(probe: KinkProbe, trials: list[tuple[str, OneSidedSlopes]]) -> bool:
    """Whether the reference's gradient is finite, and outside the slopes along one of the directions as well."""
    gradients = probe.compute_reference_gradient()
    if gradients is None or not all(np.isfinite(g).all() for g in gradients):
        return False
    return is_outside_slopes(probe, gradients, trials)


def stays_outside_for_positive_inputs(probe: KinkProbe, trials: list[tuple[str, OneSidedSlopes]]) -> bool:
    """Whether the gradient stays outside when the inputs that do not touch the kink are made positive: with positive
    weights the sum of lawful choices is lawful."""
    touched = {name.split("[")[0] for name, _ in trials if name}
    others = [
        moves and label.split("[")[0] not in touched
        for label, moves in zip(probe.evaluator.labels, probe.evaluator.differentiable, strict=True)
    ]
    if not touched or not any(others):
        return True
    point = tuple(np.abs(a) if other else a for a, other in zip(probe.point, others, strict=True))
    again = KinkProbe(Evaluator(probe.evaluator.op, probe.evaluator.case.at(point)), probe.output)
    return is_outside_slopes(again, again.gradient, again.measure_trial_directions())


def find_outside_slopes(probe: KinkProbe, gradient: Point, name: str, sides: OneSidedSlopes) -> Finding | None:
    """The finding that a gradient leaves the interval of the one-sided slopes along one direction."""
    if not (name or sides.kinked):
        return None  # along a line on which there is no kink, the law gradient judges
    claimed = project_gradient(gradient, sides.direction)
    terms = zip(gradient, sides.direction, strict=True)
    allowed = sides.error + REORDERING_FACTOR * EPS * float(sum(np.sum(np.abs(g * d)[d != 0]) for g, d in terms))
    low, high = sorted((sides.left, sides.right))
    if not np.isfinite(sides.error) or low - allowed <= claimed <= high + allowed:
        return None
    bounds = f"[{format_number(round_to_error(low, allowed))}, {format_number(round_to_error(high, allowed))}]"
    of = f"of {name}" if name else "along a direction"
    claim = f"at a kink the gradient {of} is {format_number(claimed)}, outside the one-sided slopes {bounds}"
    said = Evidence("one-sided slopes", claimed, low if claimed < low else high, allowed, False)
    details: dict[str, Any] = {"input": name.split("[")[0], "evidence": (said,)}
    hint = "Any value between the slopes on both sides is lawful."
    return make_finding(probe.evaluator.op, "kinks", probe.evaluator.case, claim, hint=hint, **details)


def find_undeclared_conventions(op: Op, case: Case, conventions: dict[str, str]) -> list[Finding]:
    """Conventions other than the declared one."""
    if op.convention is None:
        return []
    others = {where: name for where, name in conventions.items() if name != op.convention}
    if op.convention in TIE_CONVENTIONS:  # which says nothing of a kink that one coordinate meets alone
        others = {where: name for where, name in others.items() if where in (TIE_FOR_LARGEST, TIE_FOR_SMALLEST)}
    return [
        make_finding(
            op,
            "kinks",
            case,
            f"at the kink {where} the gradient follows the convention {name!r}, declared is {op.convention!r}",
        )
        for where, name in others.items()
    ]


LAW = Law(
    "kinks",
    "At a kink the gradient lies between the one-sided slopes, and follows the declared convention, the same in "
    "every case.",
    "Inputs land on kinks all the time: zeros after relu, ties in max pooling, clipped values; a gradient outside "
    "the slopes points nowhere.",
    examine,
    lambda op: "",
)
