"""Diagnosis: from a gradient that is wrong to the cause in words.

The gradient of the smallest counterexample is compared, element by element, with the one that the witnesses expect;
how the two are related (a sign, a factor that is the length of an axis, a transpose) names the mistake.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from gradcheck.arrays import Values
from gradcheck.checking.localisation import (
    MAX_ELEMENTS_ONE_BY_ONE,
    bisect_to_wrong_element,
    collect_evidence_at,
    estimate_by_element,
)
from gradcheck.declaration.domain import allow_any_direction
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator, Malformed, UserError
from gradcheck.formatting import format_index
from gradcheck.laws.gradient.witnesses import Hearing, hear, reference_gradients
from gradcheck.laws.law import find_largest_difference
from gradcheck.oracles import autodiff
from gradcheck.records.case import Case
from gradcheck.records.results import Estimate, Finding

CONFIRMING_CASES = 3  # other cases in which a relation must hold before it is called the cause
FACTOR_TOLERANCE = 1e-6  # a factor is a name for a mistake, not a measurement


@dataclass(frozen=True)
class GradientRelation:
    """How a wrong gradient is related to the expected one.  kind: the same in every case where it is the cause."""

    kind: tuple[str, ...]
    cause: str
    hint: str = ""


def explain_finding(op: Op, finding: Finding, others: Iterable[Case] = ()) -> Finding:
    """The finding with the worst element in its claim, and with its cause where the two gradients are related in a
    way we know.

    A relation must hold in the first few of the other cases that are wrong too: of a single element, every factor is
    a cause.
    """
    if finding.law != "gradient" or finding.status != "failed" or finding.case is None or not finding.input:
        return finding
    if op.array(finding.input).domain.tangent is not allow_any_direction:
        return finding  # no element of such an input moves alone
    try:
        hearing = prepare_with_drawn_upstream(op, finding.case)
        if hearing is None:
            return finding
        which = hearing.evaluator.labels.index(finding.input)
        return describe_worst_element(finding, hearing, which, find_confirmed_relations(op, finding, which, others))
    except (UserError, Malformed):
        return finding


def prepare_with_drawn_upstream(op: Op, case: Case) -> Hearing | None:
    """The hearing of a case with the upstream as drawn, but for outputs that are unreliable: pasted code then prints
    what the claim says."""
    hearing = hear(Evaluator(op, case, concrete_shapes=True), look=1)
    if hearing is None:
        return None
    whole = tuple(np.where(u == 0, 0.0, drawn) for u, drawn in zip(hearing.upstream, case.upstream, strict=True))
    evaluator = Evaluator(op, case.at(case.point, whole))
    return replace(hearing, evaluator=evaluator, upstream=whole, gradients=evaluator.gradients(case.point, whole))


def describe_worst_element(
    finding: Finding, hearing: Hearing, which: int, kinds: set[tuple[str, ...]] | None
) -> Finding:
    """The finding in the words of its worst element; kinds: the relations that hold elsewhere too, None where that is
    not known."""
    claimed, wanted = hearing.gradients[which], estimate_expected_gradient(hearing, which, bool(finding.follows))
    if claimed is None or wanted is None:
        return finding
    worst = find_largest_difference(claimed, wanted.value, wanted.error)
    if worst.holds:
        return finding
    found = find_relations(hearing.evaluator, finding.input, claimed, wanted)
    relation = next((r for r in found if kinds is None or r.kind in kinds), GradientRelation((), ""))
    claim, where = f"gradient of {finding.input} is {worst.words}", format_index(worst.where).strip()
    exact = wanted if "autodiff" in {e.witness for e in finding.evidence} else None
    said = collect_evidence_at(hearing, which, worst.where, exact)
    case = hearing.evaluator.case
    return replace(
        finding, claim=claim, where=where, cause=relation.cause, hint=relation.hint, case=case, evidence=said
    )


def find_confirmed_relations(
    op: Op, finding: Finding, which: int, others: Iterable[Case]
) -> set[tuple[str, ...]] | None:
    """The kinds of relation that hold in each of the first CONFIRMING other cases with the same mistake; None where
    there is none."""
    kinds: set[tuple[str, ...]] | None = None
    wrong = 0
    for case in others:
        hearing = prepare_with_drawn_upstream(op, case) if wrong < CONFIRMING_CASES else None
        if hearing is None:
            continue
        claimed, wanted = hearing.gradients[which], estimate_expected_gradient(hearing, which, bool(finding.follows))
        if claimed is None or wanted is None or agrees_within_error(claimed, wanted):
            continue
        if np.sum(np.abs(wanted.value) > wanted.error) > 1:
            here = {relation.kind for relation in find_relations(hearing.evaluator, finding.input, claimed, wanted)}
            kinds = here if kinds is None else kinds & here
            wrong += 1
    return kinds


def estimate_expected_gradient(hearing: Hearing, which: int, value_is_wrong: bool) -> Estimate | None:
    """The gradient of one input by element: from the reference, else by differences; of many elements, at one that is
    wrong."""
    evaluator, point = hearing.evaluator, hearing.evaluator.case.point
    if evaluator.op.reference is not None and not value_is_wrong:
        try:
            return reference_gradients(hearing)[which]
        except (UserError, autodiff.ReferenceMismatch):
            pass
    return (
        estimate_by_element(hearing, which)
        if point[which].size <= MAX_ELEMENTS_ONE_BY_ONE
        else bisect_to_wrong_element(hearing, which)
    )


def find_relations(evaluator: Evaluator, label: str, claimed: Values, wanted: Estimate) -> Iterator[GradientRelation]:
    """The ways in which the claimed gradient is related to the expected one, the plainest first."""
    if not np.any(claimed):
        cause = f"nothing flows back to {label}"
        yield GradientRelation(("zero",), cause, "Its gradient is zero: look for a term that was never added.")
    if np.sum(np.isfinite(wanted.error)) <= 1 < claimed.size:
        return  # one element alone is related to anything
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
    """Whether two gradients are the same within the error bar."""
    return bool(np.all(np.abs(claimed - wanted.value) <= wanted.error))


def find_constant_factor(claimed: Values, wanted: Estimate) -> float | None:
    """The one number that the expected gradient is multiplied by, where there is one."""
    largest = int(np.argmax(np.abs(wanted.value)))
    if not wanted.value.flat[largest]:
        return None
    factor = float(claimed.flat[largest] / wanted.value.flat[largest])
    error = wanted.error * (1 + abs(factor)) + wanted.error.flat[largest] * abs(factor) * np.abs(
        wanted.value / wanted.value.flat[largest]
    )
    return factor if np.all(np.abs(claimed - factor * wanted.value) <= 4 * error) else None


def collect_axis_lengths(evaluator: Evaluator) -> dict[str, int]:
    """The axes by name, those longer than one."""
    lengths: dict[str, int] = {}
    for label, a in evaluator.case.inputs.items():
        axes = evaluator.op.array(label).axes
        if all(axis.kind == "size" for axis in axes):
            lengths |= {
                axis.text: n for axis, n in zip(axes, a.shape, strict=True) if n > 1 and axis.text.isidentifier()
            }
    return lengths


def explain_constant_factor(factor: float, lengths: dict[str, int]) -> Iterator[GradientRelation]:
    """What a constant factor may mean."""

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
    yield GradientRelation(
        (f"{factor:.6g}",), f"it is {factor:.9g} times the expected value", "Look for a constant factor."
    )
