"""gradient: backward agrees with the witnesses, each within its own error bar.

A case passes through four steps: `prepare_case`, a report by each witness, the doubts about the reports, the vote.  A
quick pass with few difference steps is enough to accept a gradient; what it cannot accept is examined with full care.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.arrays import flat
from gradcheck.declaration.inputs import input_name, list_declared_arrays
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws import value
from gradcheck.laws.accumulator import Accumulators, Observation
from gradcheck.laws.domain_suggestion import suggest_domain
from gradcheck.laws.findings import make_finding
from gradcheck.laws.gradient.autodiff_witness import report_autodiff
from gradcheck.laws.gradient.diagnosis import explain_finding
from gradcheck.laws.gradient.doubts import Doubts, kinks_meet, slopes_add_up, vanishes_nearby
from gradcheck.laws.gradient.elementwise_errors import measure_elementwise_errors
from gradcheck.laws.gradient.preparation import GradientCase, prepare_case
from gradcheck.laws.gradient.reports import Reports, report_together
from gradcheck.laws.gradient.vector_witness import hear_vector
from gradcheck.laws.gradient.vote import decide_status, read_stances
from gradcheck.laws.gradient.witness_reports import WitnessReport
from gradcheck.laws.law import Law
from gradcheck.laws.ordinary_range import BEYOND_RANGE, is_beyond_range
from gradcheck.oracles.directional import Care, quick_derivative_of_case
from gradcheck.records.case import Case
from gradcheck.records.demonstration import Demonstration
from gradcheck.records.evidence import ErrorKey, Witness
from gradcheck.records.results import Finding, FindingId
from gradcheck.records.status import Status
from gradcheck.records.subject import WHOLE_OP, Subject

NO_WITNESS_SPOKE = "no witness knows a single digit of the gradient; give a reference?"
"""The reason where the error of every witness is as large as what it judges."""

MOST_LEFT_OUT = 0.75
"""The share of the elements of a gradient up to which some may be left out where the others are judged."""

NOT_FINITE, NO_DERIVATIVE = "the output is not finite", "no output has a derivative that the differences can find"
"""The reasons where an upstream has no weight anywhere."""

OTHER_SHAPE = "an output has another shape than in its golden vector"
"""The reason where the upstream of a golden vector fits no output."""

THIRD_OPINION = 4
"""One case in this many is also examined by the directional oracles where reference and differences agree."""


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Examine with a quick pass where that is enough to accept the gradient, whatever the value, else with full
    care."""
    if evaluator.vector and value.find_other_shape(evaluator, evaluator.vector):
        return Observation(abstained=OTHER_SHAPE)
    seen = examine_quickly(evaluator) or examine_fully(op, case, evaluator)
    return hear_vector(evaluator, evaluator.vector, seen) if evaluator.vector else seen


def examine_quickly(evaluator: Evaluator) -> Observation | None:
    """Return the observation from a few difference steps and the reference; None where something contradicts the
    gradient, or it is computed in a low precision, which few steps do not see."""
    if evaluator.op.origin.working_precision.is_low:
        return None
    evaluator.results(evaluator.case.point, evaluator.case.upstream)  # together: forward runs once for both
    case = prepare_case(evaluator, Care.QUICK) if quick_derivative_of_case(evaluator) else None
    if case is None or case.left_out:
        return None
    by_input = report_autodiff(case)
    asks_third = evaluator.case.seed % THIRD_OPINION == 0 and not evaluator.case.is_large
    enough = len(by_input) == len(case.differentiable) and not asks_third
    together = list(report_together(case, with_oracles=not enough))
    if any(not r.agrees or r.lost_digits for r in together):
        return None
    reports = Reports(case, by_input, together)
    by_index = {i: reports.of(i) for i in case.differentiable}
    every = [*together, *(r for of_input in by_index.values() for r in of_input)]
    unjudged = {i: NO_WITNESS_SPOKE for i, own in by_index.items() if not is_judged_by(own)}
    if any(not r.agrees or r.lost_digits for r in every) or not unjudged.keys() <= by_input.keys():
        return None
    tightest = max(r.difference.ratio for r in every)
    seen = make_observation(case, unjudged, (), tightest, reports.list_precise(by_input, together))
    return replace(seen, details=None) if evaluator.case.is_large else seen


def make_observation(
    case: GradientCase,
    unjudged: Mapping[int, str],
    findings: Sequence[Finding],
    tightest: float,
    precise: Mapping[ErrorKey, WitnessReport],
) -> Observation:
    """Return the observation of a case.  unjudged: the inputs on which the witnesses came to nothing, by index, with
    the reasons.  precise: the reports from which relative errors are taken."""
    judged = [i for i in case.differentiable if i not in unjudged]
    of_inputs = {name_gradient(case, i): reason for i, reason in unjudged.items() if case.point[i].size}
    of_outputs = find_unused_outputs(case)
    used = frozenset(name for name in case.evaluator.op.outputs if name not in of_outputs)
    return Observation(
        tuple(findings),
        tightest,
        {key: report.relative_error for key, report in precise.items()},
        bars={key: report.relative_bar for key, report in precise.items()},
        abstained="" if judged or findings else next(iter(unjudged.values()), NO_WITNESS_SPOKE),
        judged=used | {name_gradient(case, i) for i in judged},
        unjudged=of_inputs | of_outputs,
        details=case,
    )


def name_gradient(case: GradientCase, i: int) -> str:
    """Name the gradient of one input, by the declared name of that."""
    return f"the gradient of {input_name(case.evaluator.labels[i])}"


def find_unused_outputs(case: GradientCase) -> dict[str, str]:
    """Return the outputs of which no element has a weight in the upstream, with the reasons."""
    outputs = case.evaluator.outputs(case.point)
    rows = zip(case.evaluator.op.outputs, outputs, case.evaluator.case.upstream, case.upstream, strict=True)
    return {
        name: NO_DERIVATIVE if np.isfinite(y).all() else NOT_FINITE
        for name, y, drawn, used in rows
        if drawn.any() and not used.any()
    }


def is_judged_by(reports: Iterable[WitnessReport]) -> bool:
    """Whether a witness has spoken: a report that is not silent."""
    return any(not report.is_silent for report in reports)


def examine_fully(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Prepare the case with full care, collect the reports, and vote input by input."""
    prepared = prepare_case(evaluator, Care.FULL)
    if prepared is None:
        return Observation(abstained=explain_unprepared_case(evaluator))
    differs, by_input = hear_reference(prepared)
    if differs or any(not r.agrees for r in by_input.values()):  # it may have asked for its sizes, which were symbols
        prepared = prepare_case(evaluator.with_concrete_shapes(), Care.FULL) or prepared
        differs, by_input = hear_reference(prepared)
    reports = Reports(prepared, by_input, list(report_together(prepared)))
    decisions = leave_to_extremes(prepared, [decide_input(reports, i) for i in prepared.asked])
    wrong = [decision for decision in decisions if decision.status is not Status.PASSED]
    tightest = find_tightest(reports, decisions)
    if (
        not wrong
        and prepared.asked == prepared.differentiable
        and (contradiction := find_contradiction_of_all(reports))
    ):
        wrong, tightest = [contradiction], contradiction.reports[0].difference.ratio
    follows = "value" if differs and not op.origin.reference_is_forward else ""
    findings = [make_gradient_finding(case, prepared, decision, follows) for decision in wrong]
    unjudged = {d.i: reason for d in decisions if d.i is not None and (reason := explain_unjudged_input(prepared, d))}
    return make_observation(prepared, unjudged, findings, tightest, list_believed(reports, findings))


def hear_reference(case: GradientCase) -> tuple[bool, Mapping[int, WitnessReport]]:
    """Return whether the forward's values differ from the reference's, and the reports of the reference, none where
    they do."""
    differs = value_differs(case)
    return differs, {} if differs else report_autodiff(case)


def explain_unprepared_case(evaluator: Evaluator) -> str:
    """Return why a case has no output by which the gradient can be judged."""
    finite = np.isfinite(flat(evaluator.outputs(evaluator.case.point)))
    return NO_DERIVATIVE if finite.all() else NOT_FINITE + suggest_domain(evaluator)


def measure_relative_errors(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Examine with full care, and measure the relative errors of single elements as well."""
    seen = examine_fully(op, case, evaluator)
    return replace(seen, errors={**seen.errors, **measure_elementwise_errors(seen.details)}) if seen.details else seen


@dataclass(frozen=True)
class Decision:
    """The status of one input, or of all together where i is None, and the reports that it rests on."""

    i: int | None
    reports: list[WitnessReport]
    status: Status


def explain_unjudged_input(case: GradientCase, decision: Decision) -> str:
    """Return why the witnesses came to nothing on an input, or to little; "" where they did to something."""
    if case.left_out and decision.i is not None and np.mean(case.left_out[decision.i]) > MOST_LEFT_OUT:
        return "backward returns NaN beside outputs that are not finite"
    if not decision.reports:
        return BEYOND_RANGE
    if decision.status is Status.INCONCLUSIVE:
        return "the witnesses disagree with each other"
    return "" if is_judged_by(decision.reports) else NO_WITNESS_SPOKE


def decide_input(reports: Reports, i: int) -> Decision:
    """Vote on one input."""
    own = reports.of(i)
    status = decide_status(read_stances(own), Doubts(reports.case, i, own).hold)
    if status is Status.IMPRECISE and reports.case.evaluator.op.origin.working_precision.is_low:
        status = Status.PASSED  # the op is imprecise as a whole
    return Decision(i, own, status)


def leave_to_extremes(case: GradientCase, decisions: list[Decision]) -> list[Decision]:
    """Return the decisions, without reports on gradients that are not finite only because inputs are beyond the
    ordinary."""
    infinite = [
        d.i is not None and d.status is not Status.PASSED and not np.isfinite(case.claimed(d.i)).all()
        for d in decisions
    ]
    if not any(infinite) or not is_beyond_range(case.evaluator, case.upstream):
        return decisions
    return [Decision(d.i, [], Status.PASSED) if out else d for d, out in zip(decisions, infinite, strict=True)]


def find_tightest(reports: Reports, decisions: Iterable[Decision]) -> float:
    """Return the largest difference beside its error bar, of the reports that agree and of those on wrong inputs."""
    agreeing = [r.difference.ratio for r in reports.together if r.agrees]
    counted = [r.difference.ratio for d in decisions for r in d.reports if r.agrees or d.status is not Status.PASSED]
    return max([*agreeing, *counted], default=0.0)


def value_differs(case: GradientCase) -> bool:
    """Whether the forward's values differ from the reference's, so that the gradient is judged by the forward alone."""
    return case.evaluator.op.reference is not None and value.differs_from_reference(case.evaluator, case.upstream)


def find_contradiction_of_all(reports: Reports) -> Decision | None:
    """Return the decision against all inputs together, where the differences contradict the gradients though none is
    wrong alone, and no doubt holds against it; else None."""
    case, exact = reports.case, reports.by_input
    contradicting = next((r for r in reports.together if r.witness == Witness.DIFFERENCES and not r.agrees), None)
    if contradicting is None or any(case.reference_jumps(i) for i in exact):
        return None
    if not np.isfinite(contradicting.difference.got) and is_beyond_range(case.evaluator, case.upstream):
        return None
    if not slopes_add_up(case, None) or kinks_meet(case, None):
        return None
    if not exact and vanishes_nearby(case, None, reports.together):
        return None
    return Decision(None, [contradicting], Status.INCONCLUSIVE if exact else Status.FAILED)


def list_believed(reports: Reports, findings: list[Finding]) -> dict[ErrorKey, WitnessReport]:
    """Return the precise reports by witnesses that the vote did not overrule."""
    labels, wrong = reports.case.evaluator.labels, {f.input for f in findings}
    upheld = [i for i, r in reports.by_input.items() if r.agrees or labels[i] in wrong]
    return reports.list_precise(upheld, [r for r in reports.together if r.agrees or findings])


def make_gradient_finding(case: Case, prepared: GradientCase, decision: Decision, follows: str) -> Finding:
    """Return the finding, in the words of the report with the largest difference, or of the reference's where that
    disagrees."""
    i, reports, status = decision.i, decision.reports, decision.status
    subject = WHOLE_OP if i is None else Subject.of_input(prepared.evaluator.labels[i])
    contradicting = next((r for r in reports if r.witness == Witness.AUTODIFF and not r.agrees), None)
    worst = contradicting or max(reports, key=lambda r: (r.lost_digits, r.difference.ratio))
    d, of = worst.difference, f"gradient of {subject}" if subject.name else "gradient"
    claim = f"{of} is {d.words}" if worst.witness == Witness.AUTODIFF else f"{of} along a direction is {d.words}"
    if status is Status.IMPRECISE or worst.agrees:
        digits = max(0.0, 16 + np.log10(max(worst.relative_error, 1e-16)))
        claim += f": about {digits:.0f} of 16 digits are lost"
    evidence = tuple(r.evidence for r in reports)
    return make_finding(
        prepared.evaluator.op,
        "gradient",
        case,
        claim,
        subject,
        status=status,
        evidence=evidence,
        index=d.where,
        follows=follows,
        demonstration=Demonstration(prepared.upstream, dict(zip(prepared.evaluator.labels, d.direction, strict=False))),
    )


def review_disputes(op: Op, accumulators: Accumulators) -> Mapping[FindingId, Finding]:
    """Drop disputed findings where the forward's values differ from the reference's: a gradient that the reference
    alone contradicts may be right for the forward, also in cases in which the two values agree."""
    own, value_seen = accumulators["gradient"].findings, accumulators.get("value")
    if value_seen is None or not value_seen.findings:
        return own
    return {i: f for i, f in own.items() if f.status is not Status.DISPUTED}


LAW = Law(
    "gradient",
    "Backward agrees with autodiff of the reference, with finite differences of the forward and, where it is "
    "analytic, with the complex step, and with golden vectors, "
    "each within its own error bar.",
    "This is what backward is for; a small error here is a bias that no loss curve shows.",
    examine,
    lambda op: "" if any(d.differentiable for d in list_declared_arrays(op.inputs)) else "no input has a gradient",
    review_cases=review_disputes,
    explain_finding=explain_finding,
    measure_errors=measure_relative_errors,
    is_required=True,
    needs_reference_run=True,
    examines_large_cases=True,
    hears_vectors=True,
)
