"""Diagnosis: the cause of a wrong gradient, in words.

The gradient of the smallest counterexample is compared, element by element, with the one that the witnesses expect;
their relation (a sign, a factor that is the length of an axis, a transpose) names the mistake.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from gradcheck.arrays import Values
from gradcheck.declaration.domain import allow_any_direction
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.formatting import format_index
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.comparison import find_largest_difference
from gradcheck.laws.float_warnings import describe_float_warnings
from gradcheck.laws.gradient.localisation import (
    MAX_ELEMENTS_ONE_BY_ONE,
    bisect_to_wrong_element,
    collect_evidence_at,
    estimate_by_element,
)
from gradcheck.laws.gradient.preparation import GradientCase, clear_elements, prepare_case
from gradcheck.oracles import autodiff
from gradcheck.oracles.directional import Care
from gradcheck.oracles.error_factors import REPEATS
from gradcheck.records.case import Case
from gradcheck.records.demonstration import PLAIN_CALL
from gradcheck.records.evidence import Estimate, Witness
from gradcheck.records.results import Finding, FindingKind
from gradcheck.records.status import Status
from gradcheck.records.subject import SubjectKind

CONFIRMING_CASES = 3  # other cases in which a relation must hold before it is called the cause
FACTOR_TOLERANCE = 1e-6  # a factor identifies a mistake, it is not a measurement


@dataclass(frozen=True)
class GradientRelation:
    """The relation of a wrong gradient to the expected one.  kind: identifies the relation, so that it can be compared
    between cases."""

    kind: tuple[str, ...]
    cause: str
    hint: str = ""


def explain_finding(op: Op, finding: Finding, seen: Observation, others: Iterable[Case]) -> Finding:
    """Return the finding with the worst element in its claim, and with its cause where the two gradients have a known
    relation.

    A relation must also hold in the first few of the other cases that are wrong: with a single element, any factor
    fits.
    """
    if finding.status is not Status.FAILED or finding.subject.kind is not SubjectKind.INPUT or seen.details is None:
        return finding
    if op.array(finding.input).domain.tangent is not allow_any_direction:
        return finding  # no element of such an input moves alone
    try:
        case = with_drawn_upstream(seen.details)
        i = case.evaluator.labels.index(finding.input)
        described = describe_worst_element(finding, case, i, find_confirmed_relations(op, finding, i, others))
        if described.kind is FindingKind.NOT_FINITE and not described.hint:
            return replace(described, hint=describe_float_warnings(case.evaluator, case.upstream))
        return described
    except (UserError, Malformed):
        return finding


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


def describe_worst_element(finding: Finding, case: GradientCase, i: int, kinds: set[tuple[str, ...]]) -> Finding:
    """Return the finding with its worst element as the claim.  kinds: the relations that also hold elsewhere."""
    claimed, expected = case.gradients[i], estimate_expected_gradient(case, i, bool(finding.follows))
    if claimed is None or expected is None:
        return finding
    worst = find_largest_difference(claimed, expected.value, expected.error)
    if worst.holds:
        return finding
    relations = find_relations(case.evaluator, finding.input, claimed, expected)
    relation = next((r for r in relations if r.kind in kinds), GradientRelation((), ""))
    exact = expected if Witness.AUTODIFF in {e.witness for e in finding.evidence} else None
    return replace(
        finding,
        claim=f"gradient of {finding.input} is {worst.words}",
        where=format_index(worst.where).strip(),
        cause=relation.cause,
        hint=relation.hint,
        case=case.evaluator.case,
        demonstration=PLAIN_CALL,
        evidence=collect_evidence_at(case, i, worst.where, exact),
    )


def find_confirmed_relations(op: Op, finding: Finding, i: int, others: Iterable[Case]) -> set[tuple[str, ...]]:
    """Return the kinds of relation that hold in each of the CONFIRMING_CASES smallest other cases with this mistake,
    those without an axis of one first; the empty set where there are fewer."""
    ordered = sorted(others, key=measure_plainness)
    confirmed = list(islice(find_relations_elsewhere(op, finding, i, ordered), CONFIRMING_CASES))
    return set.intersection(*confirmed) if len(confirmed) == CONFIRMING_CASES else set()


def measure_plainness(case: Case) -> tuple[bool, int]:
    """Measure how little hides in a case: along an axis of one a sum, a mean and the whole are the same."""
    return any(1 in a.shape for a in case.point), sum(a.size for a in case.point)


def find_relations_elsewhere(
    op: Op, finding: Finding, i: int, others: Iterable[Case]
) -> Iterator[set[tuple[str, ...]]]:
    """Yield the kinds of relation in each other case with this mistake in which more than one element is not zero;
    cases in which the code under test raises or returns another form show another mistake."""
    for other in others:
        with suppress(UserError, Malformed):
            kinds = find_relations_in_case(op, finding, i, other)
            if kinds is not None:
                yield kinds


def find_relations_in_case(op: Op, finding: Finding, i: int, other: Case) -> set[tuple[str, ...]] | None:
    """Return the kinds of relation in a case; None where it does not have this mistake, where at most one element of
    the expected gradient is not zero, or where too few digits of the largest one are known to tell a factor."""
    prepared = prepare_case(Evaluator(op, other, concrete_shapes=True), Care.FULL)
    if prepared is None:
        return None
    case = with_drawn_upstream(prepared)
    claimed, expected = case.gradients[i], estimate_expected_gradient(case, i, bool(finding.follows))
    if claimed is None or expected is None or agrees_within_error(claimed, expected):
        return None
    largest = int(np.argmax(np.abs(expected.value)))
    is_vague = expected.error.flat[largest] > FACTOR_TOLERANCE * np.abs(expected.value.flat[largest])
    if is_vague or np.sum(np.abs(expected.value) > expected.error) <= 1:
        return None
    return {relation.kind for relation in find_relations(case.evaluator, finding.input, claimed, expected)}


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


def find_relations(evaluator: Evaluator, label: str, claimed: Values, wanted: Estimate) -> Iterator[GradientRelation]:
    """Yield the relations of the claimed gradient to the expected one, the simplest first."""
    if not np.any(claimed):
        cause = f"nothing flows back to {label}"
        yield GradientRelation(("zero",), cause, "Its gradient is zero: look for a term that was never added.")
    if np.sum(np.isfinite(wanted.error)) <= 1 < claimed.size:
        return  # with a single element, any relation fits
    factor = find_constant_factor(claimed, wanted)
    if factor is not None and factor:
        yield from explain_constant_factor(factor, collect_axis_lengths(evaluator))
    if claimed.ndim == 2 and claimed.shape[0] == claimed.shape[1] and agrees_within_error(claimed.T, wanted):
        yield GradientRelation(
            ("transposed",), "it is transposed", "Exchange the operands of the product, or transpose it."
        )
    off = ~(np.abs(claimed - wanted.value) <= wanted.error)
    if not off.all():
        yield GradientRelation(("some",), f"{int(off.sum())} of {off.size} elements are wrong")


def agrees_within_error(claimed: Values, wanted: Estimate) -> bool:
    """Whether two gradients are equal within the error bar."""
    return bool(np.all(np.abs(claimed - wanted.value) <= wanted.error))


def find_constant_factor(claimed: Values, wanted: Estimate) -> float | None:
    """Return the number by which the expected gradient is multiplied; None where there is no such number."""
    largest = int(np.argmax(np.abs(wanted.value)))
    if not wanted.value.flat[largest]:
        return None
    factor = float(claimed.flat[largest] / wanted.value.flat[largest])
    error = wanted.error * (1 + abs(factor)) + wanted.error.flat[largest] * abs(factor) * np.abs(
        wanted.value / wanted.value.flat[largest]
    )
    return factor if np.all(np.abs(claimed - factor * wanted.value) <= 4 * error) else None


def collect_axis_lengths(evaluator: Evaluator) -> dict[str, int]:
    """Return the lengths of the named axes longer than one."""
    lengths: dict[str, int] = {}
    for label, a in evaluator.case.inputs.items():
        axes = evaluator.op.array(label).axes
        if all(axis.kind == "size" for axis in axes):
            lengths |= {
                axis.text: n for axis, n in zip(axes, a.shape, strict=True) if n > 1 and axis.text.isidentifier()
            }
    return lengths


def explain_constant_factor(factor: float, lengths: dict[str, int]) -> Iterator[GradientRelation]:
    """Yield the mistakes that a constant factor may come from."""

    def close(value: float) -> bool:
        return abs(factor - value) <= FACTOR_TOLERANCE * abs(value)

    if close(-1):
        yield GradientRelation(("sign",), "it has the wrong sign", "Negate it.")
    for name, length in lengths.items():
        if close(1 / length):
            cause = f"it is the expected value divided by {name}={length}"
            yield GradientRelation(("divided", name), cause, f"Sum over {name}, do not average.")
        if close(length):
            cause = f"it is the expected value times {name}={length}"
            yield GradientRelation(("times", name), cause, f"Divide by {name}, or do not sum over it.")
    if not close(1):
        cause = f"it is {factor:.9g} times the expected value"
        yield GradientRelation((f"{factor:.6g}",), cause, "Look for a constant factor.")
    elif factor != 1:
        by = f"{abs(factor - 1):.1g}"
        cause = f"it is 1 {'+' if factor > 1 else '-'} {by} times the expected value"
        yield GradientRelation((f"1 {factor > 1} {by}",), cause, "Look for a constant that is not exact.")
