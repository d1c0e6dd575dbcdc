"""gradient: backward agrees with the witnesses, each within its own error bar.

A case passes through four steps: `prepare_case`, a report by each witness, the doubts about the reports, the vote.  A
quick pass with few difference steps is enough to accept a gradient; what it cannot accept is examined with full care.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from gradcheck.declaration.inputs import list_declared_arrays
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.formatting import format_number
from gradcheck.laws import value
from gradcheck.laws.accumulator import Accumulators, Observation
from gradcheck.laws.findings import make_finding
from gradcheck.laws.gradient.autodiff_witness import report_autodiff
from gradcheck.laws.gradient.diagnosis import explain_finding
from gradcheck.laws.gradient.directional_witnesses import report_differences, report_oracle, stands_out
from gradcheck.laws.gradient.doubts import Doubts, reference_jumps, slopes_add_up, vanishes_nearby
from gradcheck.laws.gradient.preparation import GradientCase, prepare_case
from gradcheck.laws.gradient.vote import decide_status, read_stances
from gradcheck.laws.gradient.witness_reports import WitnessReport
from gradcheck.laws.law import Law
from gradcheck.oracles.directional import Care, quick_derivative_of_case
from gradcheck.oracles.registry import load_oracles
from gradcheck.records.case import Case
from gradcheck.records.evidence import ALL_INPUTS, ErrorKey, Witness
from gradcheck.records.results import Finding, FindingId
from gradcheck.records.status import Status
from gradcheck.records.subject import WHOLE_OP, Subject

THIRD_OPINION = 4
"""One case in this many is also examined by the directional oracles where reference and differences agree."""


@dataclass(frozen=True)
class Reports:
    """The reports of all witnesses on one case: of the reference on each input by index, of the others on all inputs
    together."""

    case: GradientCase
    by_input: Mapping[int, WitnessReport]
    together: list[WitnessReport]

    def of(self, i: int) -> list[WitnessReport]:
        """Return the reports that decide on one input.  It moves alone only where there is doubt: where the reference
        disagrees, where the gradients of all inputs together are contradicted, or where there is no report from the
        reference and the other inputs' share exceeds this one's by more than FAINT."""
        exact, undoubted = self.by_input.get(i), all(r.agrees for r in self.together)
        if undoubted and exact and exact.agrees:
            return [exact]
        if not exact and (len(self.case.differentiable) == 1 or (undoubted and stands_out(self.case, i))):
            return self.together
        alone = [report_differences(self.case, i), *(report_oracle(o, self.case, i) for o in load_oracles())]
        return [r for r in (exact, *alone) if r]

    def errors(self, inputs: Iterable[int], together: Iterable[WitnessReport]) -> dict[ErrorKey, float]:
        """Return the relative errors by witnesses that know the gradient precisely enough: of some inputs by the
        reference, and of all inputs together by these reports."""
        errors = {ErrorKey(ALL_INPUTS, r.witness): r.relative_error for r in together if r.is_precise}
        labels, exact = self.case.evaluator.labels, {i: self.by_input[i] for i in inputs}
        return errors | {
            ErrorKey(labels[i], Witness.AUTODIFF): r.relative_error for i, r in exact.items() if r.is_precise
        }


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Examine with a quick pass where that is enough to accept the gradient, whatever the value, else with full
    care."""
    return examine_quickly(evaluator) or examine_fully(op, case, evaluator)


def examine_quickly(evaluator: Evaluator) -> Observation | None:
    """Return the observation from a few difference steps and the reference; None where something contradicts the
    gradient."""
    case = prepare_case(evaluator, Care.QUICK) if quick_derivative_of_case(evaluator) else None
    if case is None:
        return None
    by_input = report_autodiff(case)
    enough = len(by_input) == len(case.differentiable) and evaluator.case.seed % THIRD_OPINION
    together = list(report_together(case, with_oracles=not enough))
    reports = Reports(case, by_input, together)
    by_index = {i: reports.of(i) for i in case.differentiable}
    every = [*together, *(r for of_input in by_index.values() for r in of_input)]
    if any(not r.agrees or r.lost_digits for r in every) or not all(by_index.values()):
        return None
    return Observation((), max(r.difference.ratio for r in every), reports.errors(by_input, together))


def report_together(case: GradientCase, with_oracles: bool = True) -> Iterator[WitnessReport]:
    """Yield the reports of differences and directional oracles when all inputs move together."""
    if report := report_differences(case, None):
        yield report
    for oracle in load_oracles() if with_oracles else ():
        if report := report_oracle(oracle, case, None):
            yield report


def examine_fully(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Prepare the case with full care, collect the reports, and vote input by input."""
    evaluator = evaluator.with_concrete_shapes()
    prepared = prepare_case(evaluator, Care.FULL)
    if prepared is None:
        return Observation(abstained="no output has a derivative that the differences can find here")
    differs = value_differs(prepared)
    by_input = {} if differs else report_autodiff(prepared)
    reports = Reports(prepared, by_input, list(report_together(prepared)))
    by_index = {i: reports.of(i) for i in prepared.differentiable}
    statuses = {
        i: decide_status(read_stances(input_reports), Doubts(prepared, i, input_reports).hold)
        for i, input_reports in by_index.items()
    }
    follows = "value" if differs and not op.origin.reference_is_forward else ""
    findings = [
        make_gradient_finding(case, prepared, i, status, by_index[i], follows)
        for i, status in statuses.items()
        if status is not Status.PASSED
    ]
    tightest = max(
        (r.difference.ratio for r in reports.together if r.agrees),
        default=0.0,
    )
    for i, input_reports in by_index.items():
        judged = statuses[i] is not Status.PASSED
        tightest = max([tightest, *(r.difference.ratio for r in input_reports if judged or r.agrees)])
    if not findings and (contradicting := contradiction_of_all(reports)):
        status = Status.INCONCLUSIVE if by_input else Status.FAILED
        tightest = contradicting.difference.ratio
        findings = [make_gradient_finding(case, prepared, None, status, [contradicting], follows)]
    return Observation(tuple(findings), tightest, believed_errors(reports, findings), details=prepared)


def value_differs(case: GradientCase) -> bool:
    """Whether the forward's values differ from the reference's, so that the gradient is judged by the forward alone."""
    return case.evaluator.op.reference is not None and value.differs_from_reference(case.evaluator, case.upstream)


def contradiction_of_all(reports: Reports) -> WitnessReport | None:
    """Return the differences' report on all inputs together, where it contradicts the gradients though none is wrong
    alone, and no doubt holds against it; else None."""
    case, exact = reports.case, reports.by_input
    contradicting = next((r for r in reports.together if r.witness == Witness.DIFFERENCES and not r.agrees), None)
    if contradicting is None or any(reference_jumps(case, i) for i in exact) or not slopes_add_up(case, None):
        return None
    return None if not exact and vanishes_nearby(case, None, reports.together) else contradicting


def believed_errors(reports: Reports, findings: list[Finding]) -> dict[ErrorKey, float]:
    """Return the relative errors by witnesses that the vote did not overrule."""
    labels, wrong = reports.case.evaluator.labels, {f.input for f in findings}
    upheld = [i for i, r in reports.by_input.items() if r.agrees or labels[i] in wrong]
    return reports.errors(upheld, [r for r in reports.together if r.agrees or findings])


def make_gradient_finding(
    case: Case, prepared: GradientCase, i: int | None, status: Status, reports: list[WitnessReport], follows: str
) -> Finding:
    """Return the finding, in the words of the report with the largest difference, or of the reference's where that
    disagrees."""
    subject = WHOLE_OP if i is None else Subject.of_input(prepared.evaluator.labels[i])
    elementwise = next((r for r in reports if r.witness == Witness.AUTODIFF and not r.agrees), None)
    worst = elementwise or max(reports, key=lambda r: r.difference.ratio)
    d, of = worst.difference, f"gradient of {subject}" if subject.name else "gradient"
    got, expected = format_number(d.got), format_number(d.wanted)
    along = f"{of} along a direction is {got}, expected {expected} ± {d.allowed:.0e}"
    claim = f"{of} is {d.words}" if elementwise else along
    if status is Status.IMPRECISE:
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
    "analytic, with the complex step, "
    "each within its own error bar.",
    "This is what backward is for; a small error here is a bias that no loss curve shows.",
    examine,
    lambda op: "" if any(d.differentiable for d in list_declared_arrays(op.inputs)) else "no input has a gradient",
    review_cases=review_disputes,
    explain_finding=explain_finding,
    measure_errors=examine_fully,
    is_required=True,
    needs_reference_run=True,
)
