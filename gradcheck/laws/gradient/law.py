"""gradient: backward agrees with the witnesses.

Three witnesses, each with its own error bar, vote on every input: autodiff of the reference, finite differences of
the forward itself, and the complex step where the forward is analytic.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from gradcheck.arrays import Point
from gradcheck.declaration.op import Op, list_declared_arrays
from gradcheck.evaluation.evaluator import COPIED_ANEW, Evaluator, Malformed, UserError
from gradcheck.formatting import format_index, format_number
from gradcheck.laws import value
from gradcheck.laws.gradient.witnesses import (
    Hearing,
    Testimony,
    additive,
    by_autodiff,
    by_complex_step,
    by_differences,
    hear,
    only_here,
    reference_gradients,
    reference_jumps,
    reference_stands,
    visible,
)
from gradcheck.laws.law import Law, Observation, make_finding
from gradcheck.oracles.directional import quick_derivative_of_case
from gradcheck.oracles.error_factors import EPS, FEWER_DIGITS, FLOAT32_LEVEL, FLOAT32_STEP
from gradcheck.records.case import Case
from gradcheck.records.results import Finding

THIRD_OPINION = 4
"""One case of so many is also put to the complex step where reference and differences agree."""


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """A glance where that is enough to let the gradient stand, whatever the value, else the whole hearing."""
    return at_a_glance(evaluator) or at_length(op, case, evaluator)


def at_a_glance(evaluator: Evaluator) -> Observation | None:
    """What a few difference steps and the reference say, where nothing speaks against the gradient; else None.  The
    complex step is heard where the reference is silent, and in one case of a few as a third opinion."""
    hearing = hear(evaluator, look=0) if quick_derivative_of_case(evaluator) else None
    if hearing is None:
        return None
    exact = by_autodiff(hearing)
    enough = len(exact) == len(hearing.moving) and evaluator.case.seed % THIRD_OPINION
    witnesses = (by_differences,) if enough else (by_differences, by_complex_step)
    together = [t for witness in witnesses if (t := witness(hearing, None))]
    heard = {i: testimony(hearing, i, exact.get(i), together) for i in hearing.moving}
    said = [*together, *(t for testimonies in heard.values() for t in testimonies)]
    if any(not t.difference.holds or t.lost_digits for t in said) or not all(heard.values()):
        return None
    return Observation((), max(t.difference.ratio for t in said), relative_errors(hearing, exact, together))


def follows_from_value(hearing: Hearing) -> bool:
    """Whether the forward computes something else than the reference, so that the gradient is judged by the forward
    alone."""
    return hearing.evaluator.op.reference is not None and value.differs_from_reference(
        hearing.evaluator, hearing.upstream
    )


def relative_errors(
    hearing: Hearing, exact: Mapping[int, Testimony], together: Sequence[Testimony]
) -> dict[str, float]:
    """The relative errors by "input, witness", from witnesses that know the gradient well enough, and were not
    contradicted themselves."""
    return {f"all, {t.witness}": t.relative for t in together if t.known} | {
        f"{hearing.evaluator.labels[i]}, autodiff": t.relative for i, t in exact.items() if t.known
    }


def at_length(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Hear the witnesses, let them vote input by input."""
    evaluator = evaluator.with_concrete_shapes()
    hearing = hear(evaluator, look=1)
    if hearing is None:
        return Observation(abstained="no output has a derivative that the differences can find here")
    other = follows_from_value(hearing)
    follows = "value" if other and not op.borrowed else ""
    exact = {} if other else by_autodiff(hearing)
    together = [t for t in (by_differences(hearing, None), by_complex_step(hearing, None)) if t]
    findings: list[Finding] = []
    tightest = max([t.difference.ratio for t in together if t.difference.holds], default=0.0)
    for i in hearing.moving:
        heard = testimony(hearing, i, exact.get(i), together)
        if status := vote(hearing, i, heard):
            findings.append(accuse(case, evaluator, i, status, heard, follows))
        tightest = max([tightest, *(t.difference.ratio for t in heard if status or t.difference.holds)])
    contradicted = next((t for t in together if t.witness == "differences" and not t.difference.holds), None)
    if (
        not findings
        and contradicted
        and not any(reference_jumps(hearing, i) for i in exact)
        and additive(hearing, None)
        and not (not exact and only_here(hearing, None, together))
    ):
        tightest = contradicted.difference.ratio
        findings.append(accuse(case, evaluator, None, "inconclusive" if exact else "failed", [contradicted], follows))
    accused = {f.input for f in findings}
    upheld = {i: t for i, t in exact.items() if t.difference.holds or evaluator.labels[i] in accused}
    heard_out = [t for t in together if t.difference.holds or findings]
    return Observation(tuple(findings), tightest, relative_errors(hearing, upheld, heard_out))


def testimony(hearing: Hearing, i: int, exact: Testimony | None, together: list[Testimony]) -> list[Testimony]:
    """What is heard of one input.  It moves alone only where there is doubt: where the reference disagrees, where the
    gradients taken together are contradicted, or where the reference does not speak and the others drown this one."""
    undoubted = all(t.difference.holds for t in together)
    if undoubted and exact and exact.difference.holds:
        return [exact]
    if not exact and (len(hearing.moving) == 1 or (undoubted and visible(hearing, i))):
        return together
    alone = (by_differences(hearing, i), by_complex_step(hearing, i))
    return [t for t in (exact, *alone) if t]


def vote(hearing: Hearing, i: int, heard: list[Testimony]) -> str:
    """The status of one input: "" where the gradient stands, else failed, imprecise, disputed or inconclusive."""
    status = by_majority(hearing, i, heard)
    return "imprecise" if status in ("failed", "disputed") and shrinks(hearing, i, heard) else status


def by_majority(hearing: Hearing, i: int, heard: list[Testimony]) -> str:
    """The status before anybody asked for another precision.

    Where several kinks meet, as relu units do at zero, the output may be smooth along every line, and a gradient of
    lawful choices still be another (A. Griewank and A. Walther, Evaluating Derivatives, chapter 14): where it is the
    reference's own, which jumps there, the differences alone say nothing; nor do they, without a reference, where the
    slopes of directions do not add up; nor do they of a small error that is there at this point alone."""
    against = {t.witness for t in heard if not t.difference.holds}
    agreeing = {t.witness for t in heard} - against
    if not against:
        return "imprecise" if any(t.lost_digits for t in heard) else ""
    if "autodiff" in agreeing:
        return "" if reference_jumps(hearing, i) else "inconclusive"
    alone = "autodiff" not in against
    if alone and (not additive(hearing, i) or only_here(hearing, i, heard)):
        return ""
    if alone and "differences" in agreeing:
        return "inconclusive"
    if not alone and not ("differences" in against and reference_stands(hearing, i)):
        return against_the_reference_alone(hearing, i, heard)
    return "disputed" if "complex step" in agreeing else "imprecise" if staircase(hearing, i, heard) else "failed"


def against_the_reference_alone(hearing: Hearing, i: int, heard: list[Testimony]) -> str:
    """The status where the reference speaks against the gradient and the differences do not stand by it."""
    if reference_jumps(hearing, i):
        return ""
    by_witness = {t.witness: t for t in heard}
    differences = by_witness.get("differences")
    if differences is None or not differences.difference.holds:
        return "inconclusive"
    if reference_stands(hearing, i) and not by_witness.get("complex step", differences).difference.holds:
        return "failed"
    return "failed" if reference_stands(hearing, i) and "complex step" not in by_witness else "disputed"


def staircase(hearing: Hearing, i: int, heard: list[Testimony]) -> bool:
    """Whether a small error comes from a cast to float32 inside: then the gradient climbs in steps when inputs and
    upstream move, and its second difference over a step of 2^-20 is a step of 2^-24, where that of a formula is its
    curvature times 2^-40."""
    kinked = any(s.kinked.any() or any(t.any() for t in s.touching) for s in hearing.slopes)
    if kinked or any(t.relative > FLOAT32_LEVEL for t in heard):
        return False
    evaluator, rng = hearing.evaluator, hearing.evaluator.case.rng("staircase")
    here = evaluator.case.point, hearing.upstream
    moves = [tuple(a * 2.0**-20 * rng.normal(size=a.shape) if a.dtype.kind == "f" else 0 * a for a in p) for p in here]
    ahead, behind = (
        [tuple(a + sign * m for a, m in zip(*pair, strict=True)) for pair in zip(here, moves, strict=True)]
        for sign in (1, -1)
    )
    g, p, m = (np.asarray(evaluator.gradients(*place)[i]) for place in (here, ahead, behind))
    return bool(np.max(np.abs(p - 2 * g + m), initial=0.0) > FLOAT32_STEP * np.max(np.abs(g), initial=0.0))


def shrinks(hearing: Hearing, i: int, heard: list[Testimony]) -> bool:
    """Whether a small error is rounding that Monte Carlo arithmetic did not see: it shrinks where backward runs in long
    double; a wrong formula errs by the same amount.  Where long double has no more bits than float64 (Windows, macOS on
    arm64), nobody can tell, and such an error stays failed or disputed."""
    evaluator, longer = hearing.evaluator, np.finfo(np.longdouble).eps < EPS / FEWER_DIGITS
    if not longer or all(t.witness != "autodiff" for t in heard) or any(t.relative > FLOAT32_LEVEL for t in heard):
        return False
    exact, claimed = reference_gradients(hearing)[i], hearing.gradients[i]
    assert exact is not None
    assert claimed is not None
    try:
        finer = evaluator.gradients(
            in_long_double(evaluator.case.point), in_long_double(hearing.upstream), COPIED_ANEW
        )[i]
    except (UserError, Malformed):
        return False
    if finer is None or finer.dtype != np.longdouble:
        return False
    off, left = (float(np.max(np.abs(g - exact.value), initial=0.0)) for g in (claimed, finer))
    return left * FEWER_DIGITS <= off


def in_long_double(arrays: Point) -> Point:
    """Floating-point arrays in long double, others as they are."""
    return tuple(a.astype(np.longdouble) if a.dtype.kind == "f" else a for a in arrays)


def accuse(
    case: Case, evaluator: Evaluator, i: int | None, status: str, heard: list[Testimony], follows: str
) -> Finding:
    """The finding, in the words of its most telling witness."""
    label = "" if i is None else evaluator.labels[i]
    by_element = next((t for t in heard if t.witness == "autodiff" and not t.difference.holds), None)
    worst = by_element or max(heard, key=lambda t: t.difference.ratio)
    d, of = worst.difference, f"gradient of {label}" if label else "gradient"
    along = f"{of} along a direction is {format_number(d.got)}, expected {format_number(d.wanted)} ± {d.allowed:.0e}"
    claim = f"{of} is {d.words}" if by_element else along
    if status == "imprecise":
        claim += f": about {max(0.0, 16 + np.log10(max(worst.relative, 1e-16))):.0f} of 16 digits are lost"
    evidence, where = tuple(t.evidence for t in heard), format_index(d.where).strip()
    details = {"input": label, "status": status, "evidence": evidence, "where": where, "follows": follows}
    return make_finding(evaluator.op, "gradient", case, claim, **details)


LAW = Law(
    "gradient",
    "Backward agrees with autodiff of the reference, with finite differences of the forward and, where it is "
    "analytic, with the complex step, "
    "each within its own error bar.",
    "This is what backward is for; a small error here is a bias that no loss curve shows.",
    examine,
    lambda op: "" if any(d.differentiable for d in list_declared_arrays(op)) else "no input has a gradient",
)
