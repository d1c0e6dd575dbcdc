"""Diagnosis: the worst element of a wrong gradient, and its cause in words.

The gradient of the smallest counterexample is compared, element by element, with the one that the witnesses expect;
`gradcheck.causes` looks for the mistake in cases of its own.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from gradcheck.causes.explanation import explain_gradient
from gradcheck.declaration.domain import allow_any_direction, probability
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.formatting import format_index
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.comparison import find_largest_difference
from gradcheck.laws.explained_findings import with_cause
from gradcheck.laws.float_warnings import describe_float_warnings, with_float_cause
from gradcheck.laws.gradient.localisation import (
    MAX_ELEMENTS_ONE_BY_ONE,
    bisect_to_wrong_element,
    collect_evidence_at,
    estimate_by_element,
)
from gradcheck.laws.gradient.preparation import GradientCase, clear_elements
from gradcheck.oracles import autodiff
from gradcheck.oracles.error_factors import REPEATS
from gradcheck.records.case import Case
from gradcheck.records.demonstration import PLAIN_CALL
from gradcheck.records.evidence import Estimate, Witness
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.status import Status
from gradcheck.records.subject import SubjectKind

SUMMED_TO_ONE = probability().name
"""The domain of which every element may move alone, though the sum of all is kept: a forward that takes shares takes
what lies beside them as well."""


def explain_finding(op: Op, finding: Finding, seen: Observation, others: Iterable[Case]) -> Finding:
    """Return the finding with the worst element in its claim, and with its cause where one reproduces it in every case
    looked at."""
    is_judged = finding.status in (Status.FAILED, Status.IMPRECISE) and finding.subject.kind is SubjectKind.INPUT
    if not is_judged or seen.details is None:
        return finding
    domain = op.array(finding.input).domain
    if domain.name == SUMMED_TO_ONE:
        return with_cause(finding, lambda: explain_gradient(op, finding.input, others))
    if domain.tangent is not allow_any_direction:
        return finding  # of an input of another domain no element moves alone
    try:
        case = with_drawn_upstream(seen.details)
        described = describe_worst_element(finding, case)
        if described.kind is FindingKind.NOT_FINITE:
            hinted = replace(described, hint=describe_float_warnings(case.evaluator, case.upstream))
            return with_float_cause(hinted, case.evaluator, case.upstream)
    except (UserError, Malformed):
        return finding
    own = [] if described.case is None else [described.case]
    return with_cause(described, lambda: explain_gradient(op, finding.input, others, own))


def with_drawn_upstream(case: GradientCase) -> GradientCase:
    """Return the prepared case with the upstream as drawn, except for outputs that are unreliable: pasted code then
    prints the numbers of the claim."""
    drawn = case.evaluator.case
    upstream = tuple(
        np.where(u == 0, 0.0, drawn_upstream) for u, drawn_upstream in zip(case.upstream, drawn.upstream, strict=True)
    )
    evaluator = Evaluator(case.evaluator.op, drawn.at(drawn.point, upstream))
    gradients = clear_elements(evaluator.gradients(drawn.point, upstream), case.left_out)
    return replace(case, evaluator=evaluator, upstream=upstream, gradients=gradients)


def describe_worst_element(finding: Finding, case: GradientCase) -> Finding:
    """Return a finding that fails with its worst element as the claim."""
    i = case.evaluator.labels.index(finding.input)
    claimed, expected = case.gradients[i], estimate_expected_gradient(case, i, bool(finding.follows))
    if claimed is None or expected is None or finding.status is not Status.FAILED:
        return finding
    worst = find_largest_difference(claimed, expected.value, expected.error)
    if worst.holds:
        return finding
    exact = expected if Witness.AUTODIFF in {e.witness for e in finding.evidence} else None
    return replace(
        finding,
        claim=f"gradient of {finding.input} is {worst.words}",
        where=format_index(worst.where).strip(),
        case=case.evaluator.case,
        demonstration=PLAIN_CALL,
        evidence=collect_evidence_at(case, i, worst.where, exact),
    )


def estimate_expected_gradient(case: GradientCase, i: int, value_is_wrong: bool) -> Estimate | None:
    """Estimate the gradient of one input by element: from the reference, else by differences; where there are many
    elements, at a wrong one.  Nothing is known of elements that are left out."""
    estimate = estimate_every_gradient(case, i, value_is_wrong)
    if estimate is None or not case.left_out:
        return estimate
    out = case.left_out[i]
    return Estimate(np.where(out, 0.0, estimate.value), np.where(out, np.inf, estimate.error))


def estimate_every_gradient(case: GradientCase, i: int, value_is_wrong: bool) -> Estimate | None:
    """Estimate the gradient of one input by element, also of those that are left out."""
    if case.evaluator.op.reference is not None and not value_is_wrong:
        try:
            return case.reference_gradients(REPEATS)[i]
        except (UserError, *autodiff.UNAVAILABLE):
            pass
    few = case.point[i].size <= MAX_ELEMENTS_ONE_BY_ONE
    return estimate_by_element(case, i) if few else bisect_to_wrong_element(case, i)
