"""kinks: where one-sided slopes differ, the gradient lies between them, by one convention in every case.

An output is probed alone, with an upstream of one at it and zero elsewhere, along signed directions, a positive one,
and single coordinates.  One-sided slopes bound the Clarke derivative only where they are convex or concave in the
direction; that is sampled first, and where they are neither, the law abstains.  F. H. Clarke, Optimization and
Nonsmooth Analysis (1983), section 2.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.arrays import flat
from gradcheck.declaration.inputs import list_declared_arrays
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.formatting import format_number
from gradcheck.laws.accumulator import Accumulators, KinkConvention, Observation
from gradcheck.laws.findings import make_finding
from gradcheck.laws.kinks.boundaries import describe_boundary
from gradcheck.laws.kinks.conflicts import has_conflicting_choices
from gradcheck.laws.kinks.conventions import TIE_CONVENTIONS, name_conventions
from gradcheck.laws.kinks.intervals import Interval, find_interval
from gradcheck.laws.kinks.probe import KinkProbe, Trial, coordinate_trials
from gradcheck.laws.kinks.slopes import round_to_error
from gradcheck.laws.law import Law
from gradcheck.oracles.directional import directional_derivatives_of_case
from gradcheck.records.case import Case
from gradcheck.records.demonstration import Demonstration
from gradcheck.records.evidence import Evidence, Witness
from gradcheck.records.results import Finding, FindingId
from gradcheck.records.status import Status
from gradcheck.records.subject import Subject

UNLAWFUL_CONVENTIONS = ("all", "zero")
"""Conventions at a tie that are outside of the slopes, and lawful where the op declares them."""
WORDS_OF_CONVENTIONS = {
    "all": "at ties each of the equal elements receives the whole gradient",
    "zero": "at ties none of the equal elements receives a gradient",
}
"""The mistake by which a gradient comes to an unlawful convention."""
UNDECIDED_HINT = "Decide zeros in one place."
UNSTABLE_HINT = 'A stable sort, as np.argsort(x, kind="stable"), decides ties alike in every case.'
DIRECTION_PAIRS = 1
"""Pairs of directions sampled before a gradient is judged."""
DIRECTION_PAIRS_BEFORE_FAILING = 16
"""Pairs sampled again before a gradient is called wrong."""
MOST_PARTS_BEFORE_FAILING = 256
"""Parts into which one direction more is split then."""


@dataclass(frozen=True)
class ProbeResult:
    """The result of probing one output: a finding or None, and the conventions at its kinks."""

    finding: Finding | None
    conventions: list[KinkConvention]


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Probe a kinked output.  Where a kink may lie a few last digits away from the point, so that the
    gradient is that of one side, the point is rounded to float32 and probed again before anything is called wrong."""
    if op.origin.working_precision.is_low:
        return Observation(abstained="it computes in a low precision, which rounds kinks away")
    seen = probe_kinked_outputs(op, case, evaluator)
    short = tuple(a.astype(np.float32).astype(a.dtype) if a.dtype.kind == "f" else a for a in case.point)
    if not seen.findings or all(np.array_equal(a, b) for a, b in zip(short, case.point, strict=True)):
        return seen
    again = case.at(short)
    return probe_kinked_outputs(op, again, Evaluator(op, again))


def find_kinked_outputs(evaluator: Evaluator) -> list[int]:
    """Return the indices of the outputs that have a kink at the point; also of a scalar output whose direction was
    split."""
    derivatives = directional_derivatives_of_case(evaluator)
    finite = np.isfinite(flat(evaluator.outputs(evaluator.case.point)))
    if any(t.any() for d in derivatives for t in d.touching):
        return [0]
    return sorted({int(j) for d in derivatives for j in np.flatnonzero(d.kinked & finite)})


def probe_kinked_outputs(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Return the observation of one of the kinked outputs, each as likely as the others."""
    kinked = find_kinked_outputs(evaluator)
    if not kinked:
        return Observation(abstained="no kink in this case")
    probe = KinkProbe(evaluator, int(case.rng("kinked output").choice(kinked)))
    if not probe.knows_gradient:
        return Observation(abstained="the gradient is not finite beside outputs that are not")
    result = probe_output(op, probe)
    if result is None:
        return Observation(abstained="one-sided slopes are neither convex nor concave here, so they bound nothing")
    conventions = tuple({c.kink: c for c in result.conventions}.values())
    findings = [result.finding] if result.finding else []
    findings += find_undeclared_conventions(op, case, conventions)
    return Observation(tuple(findings[:1]), conventions=() if findings else conventions)


def probe_output(op: Op, probe: KinkProbe) -> ProbeResult | None:
    """Return the result for one output; None where its slopes bound nothing, or where several kinks meet."""
    trials = probe.measure_trial_directions()
    if not probe.is_convex_or_concave(trials, DIRECTION_PAIRS):
        return None
    finding = find_outside_slopes(probe, trials)
    conventions = find_conventions_at_kinks(probe, trials)
    accepted = op.convention is not None and op.convention in {c.convention for c in conventions}
    if finding is None or accepted:
        return ProbeResult(None, conventions)
    if departing := [c.convention for c in conventions if c.is_tie and c.convention in UNLAWFUL_CONVENTIONS]:
        hint = f'{finding.hint} If it is meant, declare it: convention="{departing[0]}".'
        finding = replace(finding, hint=hint, cause=WORDS_OF_CONVENTIONS[departing[0]], cause_name="ties")
    elif words := describe_boundary(probe, trials):
        finding = replace(finding, cause=words, cause_name="boundary")
    bounded = probe.is_convex_or_concave(trials, DIRECTION_PAIRS_BEFORE_FAILING, MOST_PARTS_BEFORE_FAILING)
    return ProbeResult(finding, []) if bounded and not has_conflicting_choices(probe, trials) else None


def find_conventions_at_kinks(probe: KinkProbe, trials: list[Trial]) -> list[KinkConvention]:
    """Return the convention at each kind of kink; an empty list unless the point lies exactly on the kinks."""
    coordinates = coordinate_trials(trials)
    if not all(probe.is_exactly_on_kink(slopes.direction) for _, slopes in coordinates):
        return []
    return name_conventions(probe.claimed, probe.slope, coordinates)


def find_outside_slopes(probe: KinkProbe, trials: list[Trial]) -> Finding | None:
    """Return the finding that the gradient lies outside the one-sided slopes, along the first direction where it does;
    None where there is none."""
    for trial in trials:
        interval = find_interval(probe.gradient, trial)
        if interval is not None and interval.is_exceeded:
            return make_slopes_finding(probe, trial, interval)
    return None


def make_slopes_finding(probe: KinkProbe, trial: Trial, interval: Interval) -> Finding:
    """Return the finding that the gradient lies outside an interval."""
    low, high, claimed, allowed = interval.low, interval.high, interval.claimed, interval.allowed
    coordinate, (op, case) = trial.coordinate, (probe.evaluator.op, probe.evaluator.case)
    bounds = f"[{format_number(round_to_error(low, allowed))}, {format_number(round_to_error(high, allowed))}]"
    of = f"of {coordinate}" if coordinate else "along a direction"
    claim = f"at a kink the gradient {of} is {format_number(claimed)}, outside the one-sided slopes {bounds}"
    evidence = Evidence(Witness.ONE_SIDED_SLOPES, claimed, low if claimed < low else high, allowed, False)
    subject = Subject.of_input(coordinate.input_name if coordinate else "")
    hint = "Any value between the slopes on both sides is lawful."
    status = Status.WARNING if np.isnan(claimed) else Status.FAILED  # NaN says truly that there is no derivative
    direction = dict(zip(probe.evaluator.labels, trial.slopes.direction, strict=True))
    shown = Demonstration(probe.upstream, direction)
    return make_finding(
        op, "kinks", case, claim, subject, status=status, evidence=(evidence,), hint=hint, demonstration=shown
    )


def find_undeclared_conventions(op: Op, case: Case, conventions: Iterable[KinkConvention]) -> list[Finding]:
    """Return findings for conventions other than the declared one.  A declared convention for ties does not apply to a
    kink that one coordinate meets."""
    if op.convention is None:
        return []
    others = [
        c for c in conventions if c.convention != op.convention and (c.is_tie or op.convention not in TIE_CONVENTIONS)
    ]
    claim = "at the kink {} the gradient follows the convention {!r}, declared is {!r}"
    return [make_finding(op, "kinks", case, claim.format(c.kink, c.convention, op.convention)) for c in others]


def find_changing_conventions(op: Op, accumulators: Accumulators) -> Mapping[FindingId, Finding]:
    """Find kinds of kink whose convention changes between cases.  Of ties, which may be of several kinds, only "first"
    and "last" exclude each other, unless whole numbers decide the order of elements, as in a gather."""
    own = accumulators["kinks"]
    if own.findings:
        return own.findings
    in_order = all(declared.differentiable for declared in list_declared_arrays(op.inputs))
    first: dict[str, KinkConvention] = {}
    findings = {}
    for met, case in own.conventions.items():
        other = first.setdefault(met.kink, met)
        exclusive = not met.is_tie or (in_order and {other.convention, met.convention} == {"first", "last"})
        if other.convention != met.convention and exclusive:
            finding = make_change_finding(op, case, other, met)
            findings[finding.identity] = finding
    return findings


def make_change_finding(op: Op, case: Case, other: KinkConvention, met: KinkConvention) -> Finding:
    """Return the finding that a convention changes between cases.  It is a warning of ties, as the order of equal
    elements is a matter of the sort and each has a lawful gradient; and of an op of several inputs, in which two kinks
    that look alike may be of different units."""
    both = f"{other.convention!r} in one case, {met.convention!r} in another"
    hint = UNSTABLE_HINT if met.is_tie else UNDECIDED_HINT
    status = Status.WARNING if met.is_tie or len(case.inputs) > 1 else Status.FAILED
    return make_finding(op, "kinks", case, f"at the kink {met.kink} the convention is {both}", status=status, hint=hint)


def explain_unmet_kinks(op: Op) -> str:
    """Return why the law does not apply to an op that met no kink; "" where one is declared."""
    declared = op.kinks is not None or op.convention is not None
    return "" if declared else "no kink was met, and none is declared"


LAW = Law(
    "kinks",
    "At a kink the gradient lies between the one-sided slopes, and follows the declared convention, the same in "
    "every case.",
    "Inputs land on kinks all the time: zeros after relu, ties in max pooling, clipped values; a gradient outside "
    "the slopes points nowhere.",
    examine,
    explain_unexamined=explain_unmet_kinks,
    review_cases=find_changing_conventions,
    broken_by="gradient",
    is_lenient=True,
)
