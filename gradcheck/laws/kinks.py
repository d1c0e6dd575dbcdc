"""kinks: where the slopes on both sides differ, the gradient lies between them, by one convention in every case.

An output is probed alone, with an upstream of one at it and zero elsewhere, along signed directions, a positive one,
and single coordinates.  One-sided slopes bound the Clarke derivative only where they are convex or concave in the
direction; that is sampled first, and where it is neither, the law abstains.  F. H. Clarke, Optimization and Nonsmooth
Analysis (1983), section 2.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradcheck.arrays import Point, flat, unflat
from gradcheck.bench import Bench
from gradcheck.case import Case
from gradcheck.laws.law import Law, Observation, found, number, place
from gradcheck.op import Op
from gradcheck.oracles import differences
from gradcheck.oracles.bounds import EPS, REORDERED
from gradcheck.oracles.forward import Forward, lawful, slopes
from gradcheck.verdict import Evidence, Finding

Array = np.ndarray[Any, Any]
MOST_OUTPUTS, MOST_COORDINATES = 4, 6
PAIRS, SECOND_LOOK = 3, 16  # pairs of directions looked at before judging, and again before accusing


@dataclass(frozen=True)
class Sides:
    """One-sided slopes of one output along a direction: leaving backwards, leaving forwards, and how far each may be
    off."""

    direction: Point
    left: float
    right: float
    error: float

    @property
    def kinked(self) -> bool:
        """Whether the sides differ."""
        return abs(self.right - self.left) > self.error


class Probe:
    """One kinked output of one case."""

    def __init__(self, bench: Bench, output: int) -> None:
        self.bench, self.output, self.forward = bench, output, Forward(bench)
        self.point = bench.case.point
        self.rng = bench.case.rng(f"kink {output}")
        one_hot = np.zeros(flat(bench.case.upstream).shape)
        one_hot[output] = 1.0
        gradients = bench.gradients(self.point, unflat(one_hot, bench.case.upstream))
        self.gradient = tuple(np.zeros(x.shape) if g is None else g for g, x in zip(gradients, self.point, strict=True))

    def slope(self, direction: Point) -> tuple[float, float]:
        """The slope of the output when x leaves along the direction, and its error."""
        estimate = differences.one_sided(self.forward, self.point, direction)
        return float(estimate.value[self.output]), float(estimate.error[self.output])

    def sides(self, direction: Point) -> Sides:
        """Both one-sided slopes along a direction."""
        (right, e), (back, f) = self.slope(direction), self.slope(tuple(-d for d in direction))
        return Sides(direction, -back, right, e + f)

    def claimed(self, direction: Point) -> float:
        """The hand-written gradient along a direction."""
        return float(sum(np.sum(g * d) for g, d in zip(self.gradient, direction, strict=True)))

    def random_direction(self) -> Point:
        """Random signs and sizes over all inputs that move."""
        sizes = [
            differences.typical(x) if moves else 0.0
            for x, moves in zip(self.point, self.bench.differentiable, strict=True)
        ]
        v = tuple(
            differences.few_bits(np.full(x.shape, s), self.rng) if s else np.zeros(x.shape)
            for x, s in zip(self.point, sizes, strict=True)
        )
        return lawful(self.bench, self.point, v)

    def coordinates(self) -> Iterator[tuple[str, Sides]]:
        """The coordinates that touch the kink, a few of them, each with its sides."""
        taken = 0
        for i, label in enumerate(self.bench.labels):
            if not self.bench.differentiable[i]:
                continue
            for j in range(self.point[i].size):
                if taken == MOST_COORDINATES:
                    return
                index = tuple(map(int, np.unravel_index(j, self.point[i].shape)))
                sides = self.sides(self.unit(i, j))
                if sides.kinked and np.isfinite(sides.error):
                    taken += 1
                    yield label + place(index).removeprefix(" at "), sides

    def unit(self, i: int, j: int) -> Point:
        """A step of element j of input i alone."""
        v = [np.zeros(x.shape) for x in self.point]
        v[i].flat[j] = 1.0
        return tuple(v)

    def trials(self) -> list[tuple[str, Sides]]:
        """The directions that are judged: the coordinates that touch the kink by name, a positive one, and two signed
        ones."""
        positive = tuple(np.abs(d) for d in self.random_direction())
        directions = (positive, self.random_direction(), self.random_direction())
        return [*self.coordinates(), *(("", self.sides(v)) for v in directions)]

    def convex_or_concave(self, trials: list[tuple[str, Sides]], pairs: int) -> bool:
        """Whether one-sided slopes are subadditive, or superadditive, in all pairs of directions looked at: then they
        bound the gradient.  A direction and its opposite are such a pair."""
        excesses = [s.right - s.left for _, s in trials if s.kinked and np.isfinite(s.error)]
        for _ in range(pairs):
            a, b = self.random_direction(), self.random_direction()
            (fa, ea), (fb, eb) = self.slope(a), self.slope(b)
            fab, eab = self.slope(tuple(x + y for x, y in zip(a, b, strict=True)))
            excess, error = fa + fb - fab, ea + eb + eab
            if not np.isfinite(error):
                return False
            excesses.append(0.0 if abs(excess) <= error else excess)
        return not excesses or min(excesses) >= 0 or max(excesses) <= 0


def examine(op: Op, case: Case, bench: Bench) -> Observation:
    """Probe a few of the kinked outputs."""
    kinked = sorted(
        {int(j) for s in slopes(bench) for j in np.flatnonzero(s.kinked & np.isfinite(flat(bench.outputs(case.point))))}
    )
    touching = [s for s in slopes(bench) if any(t.any() for t in s.touching)]
    if touching:
        kinked = [0]
    if not kinked:
        return Observation(abstained="no kink in this case")
    findings: list[Finding] = []
    conventions: dict[str, str] = {}
    judged = 0
    for output in kinked[:MOST_OUTPUTS]:
        probe = Probe(bench, output)
        trials = probe.trials()
        if not probe.convex_or_concave(trials, PAIRS):
            continue
        finding = next((f for name, sides in trials if (f := outside(probe, name, sides))), None)
        if finding and not probe.convex_or_concave(trials, SECOND_LOOK):
            continue
        judged += 1
        if finding:
            findings.append(finding)
        elif coordinates := [(name, sides) for name, sides in trials if name]:
            conventions |= convention(probe, coordinates)
    if not judged:
        return Observation(abstained="one-sided slopes are neither convex nor concave here, so they bound nothing")
    findings += undeclared(op, case, conventions)
    return Observation(tuple(findings[:1]), conventions=conventions)


def outside(probe: Probe, name: str, sides: Sides) -> Finding | None:
    """The finding that the gradient leaves the interval of the one-sided slopes along one direction."""
    claimed = probe.claimed(sides.direction)
    terms = zip(probe.gradient, sides.direction, strict=True)
    allowed = sides.error + REORDERED * EPS * float(sum(np.sum(np.abs(g * d)) for g, d in terms))
    low, high = sorted((sides.left, sides.right))
    if not np.isfinite(sides.error) or low - allowed <= claimed <= high + allowed:
        return None
    bounds = f"[{number(round_off(low, allowed))}, {number(round_off(high, allowed))}]"
    of = f"of {name}" if name else "along a direction"
    claim = f"at a kink the gradient {of} is {number(claimed)}, outside the one-sided slopes {bounds}"
    said = Evidence("one-sided slopes", claimed, low if claimed < low else high, allowed, False)
    details: dict[str, Any] = {"input": name.split("[")[0], "evidence": (said,)}
    hint = "Any value between the slopes on both sides is lawful."
    return found(probe.bench.op, "kinks", probe.bench.case, claim, hint=hint, **details)


def round_off(value: float, error: float) -> float:
    """The value without the digits that its error makes meaningless."""
    return float(np.round(value, max(0, int(-np.log10(max(error, 1e-15)))))) + 0.0


def convention(probe: Probe, coordinates: list[tuple[str, Sides]]) -> dict[str, str]:
    """What the gradient is at this kind of kink: by input and slopes where one coordinate meets it, by rank where
    several tie."""
    if len(coordinates) == 1:
        ((name, sides),) = coordinates
        slopes = f"{round_off(sides.left, sides.error):g} | {round_off(sides.right, sides.error):g}"
        return {f"{name.split('[')[0]}: {slopes}": single(probe.claimed(sides.direction), sides)}
    shares = [share(probe.claimed(s.direction), s) for _, s in coordinates]
    ones, zeros = sum(x == 1 for x in shares), sum(x == 0 for x in shares)
    if ones == 1 and zeros == len(shares) - 1:
        name = "first" if shares[0] == 1 else "last" if shares[-1] == 1 else "one of them"
    else:
        name = "split" if len(set(shares)) == 1 and shares[0] == round(1 / len(shares), 6) else "other"
    return {"tie": name}


def share(claimed: float, sides: Sides) -> float:
    """How much of the way from the flatter to the steeper side the gradient goes."""
    low, high = sorted((sides.left, sides.right), key=abs)
    return round((claimed - low) / (high - low), 6) + 0.0


def single(claimed: float, sides: Sides) -> str:
    """The gradient at a kink that one coordinate meets."""
    if abs(claimed) <= sides.error:
        return "zero"
    for name, value in (("left", sides.left), ("right", sides.right), ("middle", (sides.left + sides.right) / 2)):
        if abs(claimed - value) <= sides.error:
            return name
    return f"{claimed:.3g}"


def undeclared(op: Op, case: Case, conventions: dict[str, str]) -> list[Finding]:
    """Conventions other than the declared one."""
    if op.convention is None:
        return []
    others = {where: name for where, name in conventions.items() if name != op.convention}
    return [
        found(
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
