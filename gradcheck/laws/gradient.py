"""gradient: backward agrees with the witnesses.

Three witnesses, each with its own error bar, vote on every input: autodiff of the reference, finite differences of
the forward itself, and the complex step where the forward is analytic.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gradcheck.bench import Bench, Point, UserError, flat, unflat
from gradcheck.case import Case
from gradcheck.laws import value
from gradcheck.laws.law import Difference, Law, Observation, found, largest_difference, number, place
from gradcheck.op import Op, arrays
from gradcheck.oracles import autodiff, complex_step
from gradcheck.oracles.bounds import EPS, FLOAT32_LEVEL, HALF_THE_DIGITS, REORDERED, UNDERFLOW
from gradcheck.oracles.differences import Slope, weighted
from gradcheck.oracles.forward import slopes, tangent
from gradcheck.oracles.rounding import rounding
from gradcheck.verdict import Estimate, Evidence, Finding

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Testimony:
    """What one witness says of one input.

    relative: the relative error.  known: whether the witness knows the gradient well enough for that to mean
    something.  lost_digits: whether the two agree only because of the backward's own rounding, and that has taken
    more than half of the digits.
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


@dataclass
class Hearing:
    """One case: the upstream that all witnesses share, the gradients claimed for it, and what each input's witnesses
    say."""

    bench: Bench
    found: list[Slope]
    upstream: Point
    gradients: tuple[Array | None, ...]
    steps: list[Estimate | None] = field(default_factory=list)

    @property
    def flat_upstream(self) -> Array:
        """The upstream of all outputs as one vector."""
        return flat(self.upstream)

    def own_rounding(self) -> tuple[Array | None, ...]:
        """How far the hand-written gradients may be off by their own rounding."""

        def measure() -> tuple[Array | None, ...]:
            rng, point = self.bench.case.rng("backward"), self.bench.case.point
            bars = iter(rounding(lambda arrange: self.bench.gradients(point, self.upstream, arrange), rng))
            return tuple(None if g is None else next(bars) for g in self.gradients)

        kept: tuple[Array | None, ...] = self.bench.remembered((b"own rounding",), measure)
        return kept


def hear(bench: Bench) -> Hearing | None:
    """Take the differences, choose the upstream by them, and run backward for it; None where no output has a reliable
    derivative."""
    case = bench.case
    taken = slopes(bench)
    chosen = weighted(flat(case.upstream), taken)
    chosen = np.where(np.isfinite(flat(bench.outputs(case.point))), chosen, 0.0)
    if not taken or not chosen.any():
        return None
    upstream = unflat(chosen, case.upstream)
    steps = [complex_step.derivative(bench, slope) for slope in taken]
    return Hearing(bench, taken, upstream, bench.gradients(case.point, upstream), steps)


def examine(op: Op, case: Case, bench: Bench) -> Observation:
    """Hear the witnesses, let them vote input by input."""
    hearing = hear(bench)
    if hearing is None:
        return Observation(abstained="no output has a derivative that the differences can find here")
    wrong_value = op.reference is not None and value.differs(bench)
    exact = {} if op.reference is None or wrong_value else by_autodiff(hearing)
    findings: list[Finding] = []
    errors: dict[str, float] = {}
    tightest = 0.0
    for i, label in enumerate(bench.labels):
        if hearing.gradients[i] is None:
            continue
        heard = [
            t
            for t in (exact.get(i), by_directions(hearing, i, "differences"), by_directions(hearing, i, "complex step"))
            if t
        ]
        tightest = max([tightest, *(t.difference.ratio for t in heard)])
        errors |= {f"{label}, {t.witness}": t.relative for t in heard if t.known}
        if status := vote(hearing, i, heard, i in exact):
            findings.append(accuse(op, case, label, status, heard, "value" if wrong_value else ""))
    if not findings and (joint := jointly(hearing)):
        findings.append(accuse(op, case, "", "failed", [joint], "value" if wrong_value else ""))
    return Observation(tuple(findings), tightest, errors)


def by_autodiff(hearing: Hearing) -> dict[int, Testimony]:
    """Element by element against the reference's gradient, at coordinates that touch no kink.  Empty where the
    reference cannot speak."""
    bench, point = hearing.bench, hearing.bench.case.point
    try:
        _, estimates = autodiff.estimates(bench, point, hearing.upstream, bench.case.rng("autodiff"))
    except (autodiff.ReferenceMismatch, UserError):
        return {}
    claimed = tangent(bench, point, tuple(zeros_for_none(hearing.gradients, point)))
    wanted = tangent(bench, point, tuple(zeros_for_none([e and e.value for e in estimates], point)))
    said = {}
    for i, estimate in enumerate(estimates):
        if estimate is None:
            continue
        known = np.isfinite(estimate.error) & ~np.any([s.touching[i] for s in hearing.found], axis=0)
        if known.any() or not known.size:
            got, expected = np.where(known, claimed[i], 0.0), np.where(known, wanted[i], 0.0)
            said[i] = sharp_or_rounded(hearing, i, got, expected, np.where(known, estimate.error, np.inf))
    return said


def zeros_for_none(arrays: Iterable[Any], point: Point) -> Iterable[Array]:
    """The arrays, with zeros where there is none."""
    return (np.zeros(x.shape) if a is None else a for a, x in zip(arrays, point, strict=True))


def sharp_or_rounded(hearing: Hearing, i: int, got: Array, expected: Array, error: Array) -> Testimony:
    """Compare with the witness's error alone; where that does not suffice, with the backward's own rounding added."""
    sharp = largest_difference(got, expected, error)
    relative, largest = relative_error(got, expected), float(np.max(np.abs(expected), initial=0.0))
    known = float(np.max(error, initial=0.0, where=np.isfinite(error))) <= HALF_THE_DIGITS * largest
    if sharp.holds or not np.isfinite(sharp.got):
        return Testimony("autodiff", sharp, relative, known)
    own = hearing.own_rounding()[i]
    assert own is not None
    rounded = largest_difference(got, expected, error + own)
    return Testimony("autodiff", rounded, relative, known, known and relative > HALF_THE_DIGITS)


def relative_error(got: Array, expected: Array) -> float:
    """max|a - b| / max|b|; inf where a alone is not finite, or b alone is zero."""
    gap = float(np.max(np.abs(got - expected), initial=0.0))
    return share(gap, float(np.max(np.abs(expected), initial=0.0)))


def share(gap: float, whole: float) -> float:
    """gap / whole, 0 where both are zero, inf where the gap is not finite or the whole alone is zero."""
    if gap == 0:
        return 0.0
    return gap / whole if whole and np.isfinite(gap) else float("inf")


def directional(hearing: Hearing, slope: Slope, estimate: Estimate) -> tuple[float, float, float, float]:
    """Along one direction: what the gradients claim, what the witness expects, its error, and the sum of the terms'
    sizes."""
    u = hearing.flat_upstream
    used = u != 0
    expected = float(np.sum(u[used] * estimate.value[used]))
    error = float(np.sum(np.abs(u[used]) * estimate.error[used]))
    terms = [g * d for g, d in zip(hearing.gradients, slope.direction, strict=True) if g is not None]
    size = float(sum(np.sum(np.abs(t)) for t in terms))
    return float(sum(np.sum(t) for t in terms)), expected, error + 2 * REORDERED * EPS * size + UNDERFLOW, size


def along_slope(hearing: Hearing, slope: Slope, estimate: Estimate, witness: str) -> Testimony | None:
    """One direction's testimony; None where the witness knows nothing about an output that the upstream uses."""
    claimed, expected, allowed, size = directional(hearing, slope, estimate)
    if not np.isfinite(allowed) and np.isfinite(size):
        return None
    gap, lost = abs(claimed - expected), False
    whole = max(size, abs(expected))
    if gap > allowed:
        own = [
            np.sum(r * np.abs(d)) for r, d in zip(hearing.own_rounding(), slope.direction, strict=True) if r is not None
        ]
        allowed += float(sum(own))
        lost = gap > HALF_THE_DIGITS * whole
    ratio = gap / allowed if np.isfinite(gap) else float("inf")
    known = allowed <= HALF_THE_DIGITS * whole
    return Testimony(
        witness, Difference(ratio, claimed, expected, allowed, ()), share(gap, whole), known, known and lost
    )


def by_directions(hearing: Hearing, i: int, witness: str) -> Testimony | None:
    """The worst testimony of one witness about input i alone."""
    said = []
    for slope, step in zip(hearing.found, hearing.steps, strict=True):
        estimate = slope.estimate if witness == "differences" else step
        if slope.input == i and estimate is not None and (one := along_slope(hearing, slope, estimate, witness)):
            said.append(one)
    return max(said, key=lambda t: t.difference.ratio, default=None)


def jointly(hearing: Hearing) -> Testimony | None:
    """The direction in which all inputs move, where the differences contradict the gradients taken together."""
    for slope in hearing.found:
        if slope.input is None:
            said = along_slope(hearing, slope, slope.estimate, "differences")
            if said and not said.difference.holds:
                return said
    return None


def vote(hearing: Hearing, i: int, heard: list[Testimony], exact: bool) -> str:
    """The status of one input: "" where the gradient stands, else failed, imprecise, disputed or inconclusive."""
    against = [t.witness for t in heard if not t.difference.holds]
    if not against:
        return "imprecise" if any(t.lost_digits for t in heard) else ""
    others = {t.witness for t in heard if t.difference.holds}
    if not exact:
        return wrong_or_imprecise(hearing, i, heard) if "differences" in against or not others else "inconclusive"
    if "autodiff" not in against:
        return "inconclusive"
    reference_stands = agrees_with_reference(hearing, i)
    if "differences" in others:
        return (
            wrong_or_imprecise(hearing, i, heard) if reference_stands and "complex step" not in others else "disputed"
        )
    return wrong_or_imprecise(hearing, i, heard) if reference_stands else "inconclusive"


def agrees_with_reference(hearing: Hearing, i: int) -> bool:
    """Whether the differences stand by the reference's gradient of input i."""
    bench, point = hearing.bench, hearing.bench.case.point
    _, estimates = autodiff.estimates(bench, point, hearing.upstream, bench.case.rng("autodiff"))
    reference = replace(hearing, gradients=tuple(None if e is None else e.value for e in estimates))
    for slope in hearing.found:
        if slope.input != i:
            continue
        claimed, expected, allowed, _ = directional(reference, slope, slope.estimate)
        own = estimates[i]
        assert own is not None
        if abs(claimed - expected) > allowed + float(np.sum(own.error * np.abs(slope.direction[i]))):
            return False
    return True


def wrong_or_imprecise(hearing: Hearing, i: int, heard: list[Testimony]) -> str:
    """A small error that changes its sign at random when the inputs move by less than a float32 can tell is a float32
    inside."""
    small = all(t.relative < FLOAT32_LEVEL for t in heard)
    return "imprecise" if small and erratic(hearing, i) else "failed"


def erratic(hearing: Hearing, i: int, repeats: int = 8) -> bool:
    """Whether the gradient jumps about under movements of the inputs by 2^-40, where a formula would glide."""
    bench, rng, point = hearing.bench, hearing.bench.case.rng("erratic"), hearing.bench.case.point
    gaps = []
    try:
        for _ in range(repeats):
            near = tuple(a * (1 + 2.0**-40 * rng.normal(size=a.shape)) if a.dtype.kind == "f" else a for a in point)
            g = bench.gradients(near, hearing.upstream)[i]
            exact = (
                autodiff.run(bench, near, hearing.upstream).gradients[i] if bench.op.reference else hearing.gradients[i]
            )
            gaps.append(np.ravel(np.asarray(g) - np.asarray(exact)))
    except (UserError, autodiff.ReferenceMismatch):
        return False
    signs = np.sign(np.array(gaps)[:, np.max(np.abs(gaps), axis=0) > 0])
    return bool(signs.size) and bool(np.mean(np.abs(signs.mean(axis=0)) < 1) > 0.5)


def accuse(op: Op, case: Case, label: str, status: str, heard: list[Testimony], follows: str) -> Finding:
    """The finding, in the words of its most telling witness."""
    worst = next(
        (t for t in heard if t.witness == "autodiff" and not t.difference.holds),
        max(heard, key=lambda t: t.difference.ratio),
    )
    d = worst.difference
    of = f"gradient of {label}" if label else "gradient"
    if worst.witness == "autodiff":
        claim = f"{of} is {d.words}"
    else:
        claim = f"{of} along a direction is {number(d.got)}, expected {number(d.wanted)} ± {d.allowed:.0e}"
    if status == "imprecise":
        claim += f": about {max(0.0, 16 + np.log10(max(worst.relative, 1e-16))):.0f} of 16 digits are lost"
    said = tuple(t.evidence for t in heard)
    return found(
        op,
        "gradient",
        case,
        claim,
        input=label,
        status=status,
        evidence=said,
        where=place(d.where).strip(),
        follows=follows,
    )


LAW = Law(
    "gradient",
    "Backward agrees with autodiff of the reference, with finite differences of the forward and, where it is "
    "analytic, with the complex step, "
    "each within its own error bar.",
    "This is what backward is for; a small error here is a bias that no loss curve shows.",
    examine,
    lambda op: "" if any(d.differentiable for d in arrays(op)) else "no input has a gradient",
)
