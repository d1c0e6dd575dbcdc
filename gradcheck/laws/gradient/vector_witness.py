"""The golden vectors as a witness of the law gradient, which knows fifty digits and settles what the others dispute."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.inputs import input_name
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws import value
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.comparison import choose_comfortable_share
from gradcheck.laws.findings import make_finding
from gradcheck.laws.gradient.autodiff_witness import compare_gradients, wants_more_repeats
from gradcheck.laws.gradient.preparation import GradientCase
from gradcheck.laws.gradient.witness_reports import WitnessReport
from gradcheck.oracles.directional import Care
from gradcheck.oracles.error_factors import EPS, FEW_REPEATS, HALF_THE_DIGITS, REPEATS, UNDERFLOW
from gradcheck.records.evidence import ErrorKey, Estimate, Witness
from gradcheck.records.golden_vectors import GoldenVector
from gradcheck.records.results import Finding
from gradcheck.records.status import Status
from gradcheck.records.subject import WHOLE_OP, Subject

OVERRULED = (Status.FAILED, Status.DISPUTED, Status.INCONCLUSIVE)
"""Statuses of a gradient that a golden vector changes where it agrees with it."""


def hear_vector(evaluator: Evaluator, vector: GoldenVector, seen: Observation) -> Observation:
    """Return what the other witnesses say, settled by the golden vector, where forward computes its values.

    seen: the observation of the others.
    """
    if value.differs_from_vector(evaluator, vector):
        return seen
    case = take_gradients(evaluator)
    reports = report_vector(case, vector)
    subjects = {Subject.of_input(evaluator.labels[i]): report for i, report in reports.items()}
    others = {finding.subject: finding for finding in seen.findings}
    findings, settled = list[Finding](), list[str]()
    for subject, report in subjects.items():
        found = others.pop(subject, None)
        if not report.agrees:
            findings.append(contradict(evaluator, vector, subject, report, found))
        elif found and found.status in OVERRULED:
            settled.append(describe_overruled(vector, f"the gradient of {subject}", found))
        elif found:
            findings.append(found)
    if findings or WHOLE_OP not in others:
        findings += others.values()
    else:
        settled.append(describe_overruled(vector, "the gradients", others[WHOLE_OP]))
    labels = evaluator.labels
    precise = {ErrorKey(labels[i], Witness.VECTORS): report for i, report in reports.items() if report.is_precise}
    judged = {f"the gradient of {input_name(labels[i])}" for i in reports}
    return replace(
        seen,
        findings=tuple(findings),
        errors={**seen.errors, **{key: report.relative_error for key, report in precise.items()}},
        bars={**seen.bars, **{key: report.relative_bar for key, report in precise.items()}},
        abstained="" if judged else seen.abstained,
        judged=seen.judged | judged,
        unjudged={part: reason for part, reason in seen.unjudged.items() if part not in judged},
        disagreements=tuple(settled),
    )


def take_gradients(evaluator: Evaluator) -> GradientCase:
    """Return the case with the gradients for the upstream of its vector; no derivative is taken."""
    case = evaluator.case
    gradients = evaluator.gradients(case.point, case.upstream)
    return GradientCase(evaluator, Care.QUICK, [], case.upstream, gradients)


def report_vector(case: GradientCase, vector: GoldenVector) -> Mapping[int, WitnessReport]:
    """Return the report on each input that has a gradient, by index; the rounding of backward is measured only where
    the last digits differ."""
    waiting = [i for i in case.differentiable if vector.gradients[i] is not None]
    exact = [None if g is None else estimate_exactly(g.rounded) for g in vector.gradients]
    comfortable = choose_comfortable_share(case.evaluator.case)
    reports: dict[int, WitnessReport] = {}
    for repeats in (1, FEW_REPEATS, REPEATS):
        reports |= compare_gradients(case, waiting, exact, repeats) if waiting else {}
        waiting = [i for i in waiting if i in reports and wants_more_repeats(reports[i], comfortable)]
    return {i: replace(report, witness=Witness.VECTORS) for i, report in reports.items()}


def estimate_exactly(numbers: Values) -> Estimate:
    """Return exact numbers, rounded to float64, as an estimate."""
    return Estimate(numbers, EPS * np.abs(numbers) + UNDERFLOW)


def contradict(
    evaluator: Evaluator, vector: GoldenVector, subject: Subject, report: WitnessReport, found: Finding | None
) -> Finding:
    """Return the finding on a gradient that the golden vector contradicts.  found: that of the other witnesses."""
    d = report.difference
    status = Status.IMPRECISE if report.relative_error <= HALF_THE_DIGITS else Status.FAILED
    if found is None:
        claim = f"gradient of {subject} is {d.words}"
        finding = make_finding(
            evaluator.op, "gradient", evaluator.case, claim, subject, evidence=[report.evidence], index=d.where
        )
    else:
        finding = replace(found, evidence=(report.evidence, *found.evidence))
    if found is None or found.status in OVERRULED:
        finding = replace(finding, status=status)
    return value.explain_by_vector(evaluator, vector, finding)


def describe_overruled(vector: GoldenVector, subject: str, found: Finding) -> str:
    """Describe what the other witnesses said of a gradient with which the golden vector agrees."""
    contradicting = list(list_contradicting(found))
    verb, alone = ("contradicts", ", alone") if len(contradicting) == 1 else ("contradict", "")
    return f"{' and '.join(contradicting)} {verb} {subject}{alone}: {vector} agrees with it"


def list_contradicting(found: Finding) -> Iterator[str]:
    """Yield the names of the witnesses that contradict a gradient."""
    yield from dict.fromkeys(evidence.witness for evidence in found.evidence if not evidence.agrees)
