"""Testimony: what each witness says of a hand-written gradient, in one case, with its own error bar."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import combinations

import numpy as np

from gradcheck.arrays import Point, Values, flat, unflatten
from gradcheck.evaluation.evaluator import Evaluator, UserError
from gradcheck.laws.law import EMPTY_DIFFERENCE, Difference, find_largest_difference, make_difference
from gradcheck.oracles import autodiff, complex_step
from gradcheck.oracles.directional import CaseForward, directional_derivatives_of_case
from gradcheck.oracles.error_factors import (
    AUTODIFF,
    COMFORTABLE_SHARE,
    DITHER,
    EPS,
    FAINT,
    FAINT_KINK,
    FEW_REPEATS,
    HALF_THE_DIGITS,
    JUMP,
    LAST_DIGITS,
    NEIGHBOUR_TRIALS,
    REORDERING_FACTOR,
    REPEATS,
    STEPS,
    UNDERFLOW,
    UNEVEN_RATIO,
)
from gradcheck.oracles.finite_differences import (
    DirectionalDerivative,
    differentiate_along,
    measure_typical_size,
    weight_upstream,
)
from gradcheck.oracles.monte_carlo import measure_rounding
from gradcheck.records.results import Estimate, Evidence


@dataclass(frozen=True)
class Testimony:
    """What one witness says of one input.

    relative: the relative error.  known: whether the witness knows the gradient well enough for that to mean something.
    lost_digits: whether the two agree only because of the backward's own rounding, and that has taken more than half
    of the digits.
    """

    witness: str
    difference: Difference
    relative: float
    known: bool
    lost_digits: bool = False

    @property
    def evidence(self) -> Evidence:
        """The same for a finding."""
        d = self.difference
        return Evidence(self.witness, d.got, d.wanted, d.allowed, d.holds)


@dataclass(frozen=True)
class Hearing:
    """One case: the slopes that were taken, the upstream that all witnesses share, and the gradients claimed for it.
    look: 0 where a glance was enough for the slopes, 1 where they were taken with all care."""

    evaluator: Evaluator
    look: int
    slopes: list[DirectionalDerivative]
    upstream: Point
    gradients: tuple[Values | None, ...]

    @cached_property
    def bars(self) -> list[float]:
        """The error of what is said along each slope."""
        return [along(self, slope, slope.estimate).error for slope in self.slopes]

    @property
    def moving(self) -> list[int]:
        """The inputs that have a gradient."""
        return [i for i, gradient in enumerate(self.gradients) if gradient is not None]

    def own_rounding(self) -> tuple[Values | None, ...]:
        """How far the hand-written gradients may be off by their own rounding, measured once."""

        def measure() -> tuple[Values | None, ...]:
            rng, point = self.evaluator.case.rng("backward"), self.evaluator.case.point
            bars = iter(measure_rounding(lambda arrange: self.evaluator.gradients(point, self.upstream, arrange), rng))
            return tuple(None if g is None else next(bars) for g in self.gradients)

        kept: tuple[Values | None, ...] = self.evaluator.compute_once(
            (b"own rounding", self.evaluator.key(self.upstream)), measure
        )
        return kept


def hear(evaluator: Evaluator, look: int) -> Hearing | None:
    """Take the differences, choose the upstream by them, and run backward for it; None where no output has a
    derivative."""
    case, taken = evaluator.case, directional_derivatives_of_case(evaluator, look=look)
    chosen = weight_upstream(flat(case.upstream), taken)
    if not taken or not chosen.any() or not np.isfinite(flat(evaluator.outputs(case.point))).all():
        return None
    upstream = unflatten(chosen, case.upstream)
    return Hearing(evaluator, look, taken, upstream, evaluator.gradients(case.point, upstream))


def by_autodiff(hearing: Hearing) -> dict[int, Testimony]:
    """Element by element against the reference's gradient; empty where the reference cannot speak.  Rounding is
    measured only where the gradients are not the same at first sight; and no better than it takes."""
    if hearing.evaluator.op.reference is None:
        return {}
    try:
        if not reference_answer(hearing).in_range:
            return {}
        said = at_first_sight(hearing)
        waiting = [i for i in hearing.moving if i not in said]
        for repeats in (1, FEW_REPEATS, REPEATS):
            if not waiting:
                break
            said |= against_reference(hearing, waiting, repeats)
            waiting = [i for i in waiting if i in said and said[i].difference.ratio > COMFORTABLE_SHARE]
    except (autodiff.ReferenceMismatch, UserError):
        return {}
    return said


def reference_answer(hearing: Hearing) -> autodiff.ReferenceResult:
    """The reference at the case."""
    return autodiff.evaluate_reference(hearing.evaluator, hearing.evaluator.case.point, hearing.upstream)


def at_first_sight(hearing: Hearing) -> dict[int, Testimony]:
    """What is said of the gradients that are the reference's but for the last digits."""
    if any(slope.touching for slope in hearing.slopes):
        return {}
    said = {}
    for i, exact in enumerate(reference_answer(hearing).gradients):
        gradient, x = hearing.gradients[i], hearing.evaluator.case.point[i]
        if exact is None or gradient is None:
            continue
        lawful = hearing.evaluator.input_declarations.domains[i].tangent
        got, expected = lawful(x, gradient), lawful(x, exact)
        gap, error = np.abs(got - expected), last_digits(expected)
        ratios = gap / error
        if not gap.size:
            said[i] = Testimony("autodiff", EMPTY_DIFFERENCE, 0.0, True)
        elif float(ratios.max()) <= COMFORTABLE_SHARE:
            difference = make_difference(int(ratios.argmax()), ratios, got, expected, error)
            largest = float(np.abs(expected).max())
            said[i] = Testimony("autodiff", difference, share(float(gap.max()), largest), largest > UNDERFLOW)
    return said


def last_digits(expected: Values) -> Values:
    """How far a gradient may be from the reference's at first sight: its last digits, and those of the largest
    element, as when sums are taken in another order."""
    size = np.abs(expected)
    return np.asarray(AUTODIFF * EPS * size + (REORDERING_FACTOR * EPS * float(size.max(initial=0.0)) + UNDERFLOW))


def own_rounding(hearing: Hearing, which: int) -> Values:
    """How far one hand-written gradient may be off by its own rounding."""
    bar = hearing.own_rounding()[which]
    assert bar is not None
    return bar


def reference_gradients(hearing: Hearing, repeats: int = REPEATS) -> list[Estimate | None]:
    """The reference's gradients at the case, their rounding measured by so many repeats, or that of the last digit."""
    return autodiff.estimate_reference(hearing.evaluator, hearing.evaluator.case.point, hearing.upstream, repeats)[1]


def against_reference(hearing: Hearing, which: Iterable[int], repeats: int) -> dict[int, Testimony]:
    """The gradients of some inputs against the reference's, at coordinates that touch no kink, along lawful
    directions; nothing of an input where the reference knows nothing."""
    evaluator, said = hearing.evaluator, {}
    estimates = reference_gradients(hearing, repeats)
    for i in which:
        estimate, gradient, x = estimates[i], hearing.gradients[i], evaluator.case.point[i]
        assert estimate is not None
        assert gradient is not None
        lawful = evaluator.input_declarations.domains[i].tangent
        got, expected, error = lawful(x, gradient), lawful(x, estimate.value), estimate.error
        if touched := [s.touching[i] for s in hearing.slopes if s.touching]:
            error = np.where(np.any(touched, axis=0), np.inf, error)
        known = np.isfinite(error)
        if not known.all():
            got, expected = np.where(known, got, 0.0), np.where(known, expected, 0.0)
        if repeats < REPEATS:
            error = np.maximum(error, last_digits(expected))
        own = partial(own_rounding, hearing, i) if repeats == REPEATS else None
        if known.any() or not known.size:
            said[i] = elementwise(got, expected, error, own)
            if said[i].lost_digits and not felt(hearing, i, got - expected):
                said[i] = replace(said[i], known=False, lost_digits=False)
    return said


def felt(hearing: Hearing, which: int, off: Values) -> bool:
    """Whether what a gradient is off by would move an output by more than its last digits when the input moves by its
    own size.  Of a unit that saturates, as a sigmoid beyond 20, the gradient loses its digits, and nobody misses
    them."""
    point = hearing.evaluator.case.point
    moved = np.max(np.abs(off * point[which]), initial=0.0)
    output = np.max(np.abs(flat(hearing.upstream) * flat(hearing.evaluator.outputs(point))), initial=0.0)
    return bool(moved > LAST_DIGITS * EPS * output)


def elementwise(got: Values, expected: Values, error: Values, own: Callable[[], Values] | None) -> Testimony:
    """Compare with the witness's error alone; where that does not suffice, with the backward's own rounding added."""
    sharp = find_largest_difference(got, expected, error)
    gap, largest = float(np.max(np.abs(got - expected), initial=0.0)), float(np.max(np.abs(expected), initial=0.0))
    relative = share(gap, largest)
    known = float(np.max(error, initial=0.0, where=np.isfinite(error))) <= HALF_THE_DIGITS * largest
    if sharp.holds or own is None or not np.isfinite(sharp.got):
        return Testimony("autodiff", sharp, relative, known)
    rounded = find_largest_difference(got, expected, error + own())
    return Testimony("autodiff", rounded, relative, known, known and relative > HALF_THE_DIGITS)


def owed(gradients: Iterable[Values | None]) -> list[Values]:
    """The gradients that there are."""
    return [g for g in gradients if g is not None]


def share(gap: float, whole: float) -> float:
    """gap / whole, 0 where both are zero, inf where the gap is not finite or the whole alone is zero."""
    if gap == 0:
        return 0.0
    return gap / whole if whole and np.isfinite(gap) else float("inf")


@dataclass(frozen=True)
class Along:
    """One direction: what the gradients claim, what the witness expects, its error, and the sum of the terms' sizes."""

    claimed: float
    expected: float
    error: float
    size: float


def along(hearing: Hearing, slope: DirectionalDerivative, estimate: Estimate) -> Along:
    """The upstream's product with the derivatives, against the gradients' product with the direction."""
    u = flat(hearing.upstream)
    expected, error = float(u @ estimate.value), float(np.abs(u) @ estimate.error)
    if not np.isfinite(expected + error):  # zero times what nobody knows is zero
        used = u != 0
        expected = float(u[used] @ estimate.value[used])
        error = float(np.abs(u[used]) @ estimate.error[used])
    claimed, size, length = 0.0, 0.0, 0.0
    for g, d in zip(hearing.gradients, slope.direction, strict=True):
        if g is not None and g.size:
            terms = g * d
            if not np.isfinite(claimed + float(terms.sum())):
                terms = terms[d != 0]
            claimed, size = claimed + float(terms.sum()), size + float(np.abs(terms).sum())
            length += float(np.abs(d).sum())
    return Along(claimed, expected, error + 2 * REORDERING_FACTOR * EPS * size + UNDERFLOW * max(length, 1.0), size)


def directional(hearing: Hearing, slope: DirectionalDerivative, estimate: Estimate, witness: str) -> Testimony | None:
    """One direction's testimony; None where the witness knows nothing about an output that the upstream uses."""
    a = along(hearing, slope, estimate)
    overflows = not np.isfinite(a.size + a.expected) and all(np.isfinite(g).all() for g in owed(hearing.gradients))
    if overflows or (not np.isfinite(a.error) and np.isfinite(a.size)):
        return None
    gap, whole, allowed = abs(a.claimed - a.expected), max(a.size, abs(a.expected)), a.error
    if gap > allowed:
        bars = zip(hearing.own_rounding(), slope.direction, strict=True)
        allowed += float(sum(np.sum(bar * np.abs(d)) for bar, d in bars if bar is not None))
    ratio = gap / allowed if np.isfinite(gap) else float("inf")
    known = allowed <= HALF_THE_DIGITS * whole
    difference = Difference(ratio, a.claimed, a.expected, allowed, ())
    return Testimony(witness, difference, share(gap, whole), known, known and HALF_THE_DIGITS * whole < gap > a.error)


def visible(hearing: Hearing, which: int) -> bool:
    """Whether one input has so large a share in what the gradients claim along each direction that even its finer
    digits stand out of the error."""
    claimed = hearing.gradients[which]
    assert claimed is not None
    shares = [float(np.sum(np.abs(claimed * slope.direction[which]))) for slope in hearing.slopes]
    return all(bar <= FAINT * share for bar, share in zip(hearing.bars, shares, strict=True))


def by_differences(hearing: Hearing, which: int | None) -> Testimony | None:
    """The worst that the differences say of one input moving alone, or of all moving together.  Before they
    contradict they look along other directions too: a wrong gradient is wrong along all of them, a step that misled
    is not."""
    said = looked(hearing, which, hearing.look)
    if said is None or said.difference.holds or hearing.look == 0 or not np.isfinite(said.difference.got):
        return said
    again = looked(hearing, which, look=2)
    return min((said, again), key=lambda t: t.difference.ratio) if again else said


def looked(hearing: Hearing, which: int | None, look: int) -> Testimony | None:
    """The worst of one look; where sizes differ much, of the direction that moves every element by its own."""
    taken = directional_derivatives_of_case(hearing.evaluator, which, look)
    if look and any(uneven(hearing.evaluator.case.point[i]) for i in hearing.moving):
        taken = taken[1:]
    heard = [directional(hearing, slope, slope.estimate, "differences") for slope in taken]
    return max((t for t in heard if t), key=lambda t: t.difference.ratio, default=None)


def uneven(x: Values) -> bool:
    """Whether elements differ so much in size that the finest step by the typical one is coarse for the smallest."""
    sizes = np.abs(x[x != 0])
    return bool(sizes.size) and float(sizes.min()) < UNEVEN_RATIO * float(sizes.max())


def by_complex_step(hearing: Hearing, which: int | None) -> Testimony | None:
    """The worst that the complex step says of the same; its rounding is measured only where it disagrees."""
    heard = []
    for slope in directional_derivatives_of_case(hearing.evaluator, which, hearing.look):
        if said := stepped(hearing, slope, measured=False):
            heard.append(said if said.difference.ratio <= COMFORTABLE_SHARE else stepped(hearing, slope, measured=True))
    return max((t for t in heard if t), key=lambda t: t.difference.ratio, default=None)


def stepped(hearing: Hearing, slope: DirectionalDerivative, measured: bool) -> Testimony | None:
    """What the complex step says along one direction; None where it cannot be taken."""
    rng = hearing.evaluator.case.rng("complex step") if measured else None
    estimate = complex_step.differentiate_by_complex_step(hearing.evaluator, slope, rng)
    return directional(hearing, slope, estimate, "complex step") if estimate else None


def reference_jumps(hearing: Hearing, which: int) -> bool:
    """Whether the reference's gradient of one input is another right beside the point: then it stands at a kink of
    its own, where no convention of autodiff is to be compared with."""
    evaluator, rng = hearing.evaluator, hearing.evaluator.case.rng("beside")
    here = reference_answer(hearing).gradients[which]
    for _ in range(NEIGHBOUR_TRIALS):
        near = tuple(
            a + DITHER * measure_typical_size(a) * rng.normal(size=a.shape) if a.dtype.kind == "f" else a
            for a in evaluator.case.point
        )
        there = autodiff.run_reference(evaluator, near, hearing.upstream).gradients[which]
        assert here is not None
        assert there is not None
        if np.any(np.abs(there - here) > JUMP * np.max(np.abs(here), initial=0.0)):
            return True
    return False


def additive(hearing: Hearing, which: int | None) -> bool:
    """Whether the slopes along two directions add up to that along their sum, as those of a derivative do, for every
    pair of those that were looked along.  Where several kinks meet, as three elements that tie for the median, the
    output is smooth along every line, and yet has no derivative."""
    taken = [
        slope
        for look in (1, 2)
        for slope in directional_derivatives_of_case(hearing.evaluator, which, look)
        if not slope.touching
    ]
    return all(add_up(hearing, *pair, sign) for pair in combinations(taken, 2) for sign in (1, -1))


def only_here(hearing: Hearing, which: int | None, heard: Iterable[Testimony]) -> bool:
    """Whether a small error by the forward's own witnesses is gone at most points around: then a kink misled them that
    is too faint to be seen as one, as that of a relu unit whose part in the loss is 1e-9.  A wrong formula is wrong
    there as well."""
    evaluator, rng = hearing.evaluator, hearing.evaluator.case.rng("around")
    if not evaluator.input_declarations.free or any(t.relative > FAINT_KINK for t in heard):
        return False
    verdicts = [said for _ in range(NEIGHBOUR_TRIALS) for said in around(hearing, which, rng)]
    return bool(verdicts) and 2 * sum(t.difference.holds for t in verdicts) > len(verdicts)


def around(hearing: Hearing, which: int | None, rng: np.random.Generator) -> Iterator[Testimony]:
    """What the forward's own witnesses say at a point a step away."""
    evaluator, case = hearing.evaluator, hearing.evaluator.case
    steps = [
        STEPS[0] * measure_typical_size(a) * rng.normal(size=a.shape) if a.dtype.kind == "f" else 0 for a in case.point
    ]
    inputs = {label: a + step for (label, a), step in zip(case.inputs.items(), steps, strict=True)}
    there = hear(Evaluator(evaluator.op, replace(case, inputs=inputs), concrete_shapes=True), look=1)
    yield from (t for witness in (by_differences, by_complex_step) if there and (t := witness(there, which)))


def add_up(hearing: Hearing, first: DirectionalDerivative, second: DirectionalDerivative, sign: int) -> bool:
    """Whether half the sum, or the difference, of two slopes is the slope along half the sum of the directions."""
    between = tuple((a + sign * b) / 2 for a, b in zip(first.direction, second.direction, strict=True))
    third = differentiate_along(CaseForward(hearing.evaluator), hearing.evaluator.case.point, between).estimate
    one, other = first.estimate, second.estimate
    gap = np.abs((one.value + sign * other.value) / 2 - third.value)
    return bool(np.all(~(gap > one.error + other.error + third.error)[flat(hearing.upstream) != 0]))


def reference_stands(hearing: Hearing, which: int) -> bool:
    """Whether the differences agree with the reference's gradient of one input."""
    estimates = reference_gradients(hearing)
    own = estimates[which]
    assert own is not None
    reference = replace(hearing, gradients=tuple(None if e is None else e.value for e in estimates))
    for slope in directional_derivatives_of_case(hearing.evaluator, which, look=1):
        a = along(reference, slope, slope.estimate)
        if abs(a.claimed - a.expected) > a.error + float(np.sum(own.error * np.abs(slope.direction[which]))):
            return False
    return True
