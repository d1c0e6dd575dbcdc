"""Diagnosis: from a gradient that is wrong to the cause in words.

The gradient of the smallest counterexample is compared, element by element, with the one that the witnesses expect;
how the two are related (a sign, a factor that is the length of an axis, a transpose) names the mistake.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from gradcheck.bench import Bench, Malformed, UserError
from gradcheck.case import Case
from gradcheck.laws.law import largest_difference, place
from gradcheck.laws.testimony import Hearing, hear, reference_gradients
from gradcheck.localisation import MOST_ELEMENTS, by_element, witnesses_at
from gradcheck.op import Op
from gradcheck.oracles import autodiff
from gradcheck.oracles.forward import declared
from gradcheck.verdict import Estimate, Finding

Array = np.ndarray[Any, Any]
SAME_FACTOR = 1e-6  # a factor is a name for a mistake, not a measurement


def explain(op: Op, finding: Finding) -> Finding:
    """The finding with its cause, and with the worst element in its claim, where the two gradients are related in a
    way we know."""
    if finding.law != "gradient" or finding.status != "failed" or finding.case is None or not finding.input:
        return finding
    try:
        return explained(op, finding, finding.case)
    except (UserError, Malformed):
        return finding


def explained(op: Op, finding: Finding, case: Case) -> Finding:
    """The same, for a case.  Its upstream becomes the one that the claim was made for, so that the two print alike."""
    hearing = hear(Bench(op, case))
    if hearing is None:
        return finding
    whole = tuple(np.where(u == 0, 0.0, drawn) for u, drawn in zip(hearing.upstream, case.upstream, strict=True))
    bench = Bench(op, case.at(case.point, whole))
    hearing = replace(hearing, bench=bench, upstream=whole, gradients=bench.gradients(case.point, whole))
    which = bench.labels.index(finding.input)
    claimed, wanted = hearing.gradients[which], expected(hearing, which, bool(finding.follows))
    if claimed is None or wanted is None:
        return finding
    worst = largest_difference(claimed, wanted.value, wanted.error)
    if worst.holds:
        return finding
    cause, hint = next(relations(bench, finding.input, claimed, wanted), ("", ""))
    claim, where = f"gradient of {finding.input} is {worst.words}", place(worst.where).strip()
    exact = wanted if "autodiff" in {e.witness for e in finding.evidence} else None
    said = witnesses_at(hearing, which, worst.where, exact)
    return replace(finding, claim=claim, where=where, cause=cause, hint=hint, case=bench.case, evidence=said)


def expected(hearing: Hearing, which: int, value_is_wrong: bool) -> Estimate | None:
    """The gradient of one input by element: from the reference, else by differences where the elements are few."""
    bench, point = hearing.bench, hearing.bench.case.point
    if bench.op.reference is not None and not value_is_wrong:
        try:
            return reference_gradients(hearing, measured=True)[which]
        except (UserError, autodiff.ReferenceMismatch):
            pass
    return by_element(hearing, which) if point[which].size <= MOST_ELEMENTS else None


def relations(bench: Bench, label: str, claimed: Array, wanted: Estimate) -> Iterator[tuple[str, str]]:
    """The ways in which the claimed gradient is related to the expected one: cause and remedy, the plainest first."""
    if not np.any(claimed):
        yield f"nothing flows back to {label}", "Its gradient is zero: look for a term that was never added."
    factor = ratio(claimed, wanted)
    if factor is not None:
        yield named_factor(factor, axis_lengths(bench))
    if claimed.ndim == 2 and claimed.shape[0] == claimed.shape[1] and agrees(claimed.T, wanted):
        yield "it is transposed", "Exchange the operands of the product, or transpose it."
    off = ~(np.abs(claimed - wanted.value) <= wanted.error)
    if not off.all():
        yield f"{int(off.sum())} of {off.size} elements are wrong", ""


def agrees(claimed: Array, wanted: Estimate) -> bool:
    """Whether two gradients are the same within the error bar."""
    return bool(np.all(np.abs(claimed - wanted.value) <= wanted.error))


def ratio(claimed: Array, wanted: Estimate) -> float | None:
    """The one number that the expected gradient is multiplied by, where there is one."""
    largest = int(np.argmax(np.abs(wanted.value)))
    if not wanted.value.flat[largest]:
        return None
    factor = float(claimed.flat[largest] / wanted.value.flat[largest])
    error = wanted.error * (1 + abs(factor)) + wanted.error.flat[largest] * abs(factor) * np.abs(
        wanted.value / wanted.value.flat[largest]
    )
    return factor if np.all(np.abs(claimed - factor * wanted.value) <= 4 * error) else None


def axis_lengths(bench: Bench) -> dict[str, int]:
    """The axes by name, those longer than one."""
    lengths: dict[str, int] = {}
    for label, a in bench.case.inputs.items():
        axes = declared(bench, label).axes
        if all(axis.kind == "size" for axis in axes):
            lengths |= {
                axis.text: n for axis, n in zip(axes, a.shape, strict=True) if n > 1 and axis.text.isidentifier()
            }
    return lengths


def named_factor(factor: float, lengths: dict[str, int]) -> tuple[str, str]:
    """What a constant factor means."""

    def close(value: float) -> bool:
        return abs(factor - value) <= SAME_FACTOR * abs(value)

    if close(-1):
        return "it has the wrong sign", "Negate it."
    for name, length in lengths.items():
        if close(1 / length):
            return f"it is the expected value divided by {name}={length}", f"Sum over {name}, do not average."
        if close(length):
            return f"it is the expected value times {name}={length}", f"Divide by {name}, or do not sum over it."
    return f"it is {factor:.9g} times the expected value", "Look for a constant factor."
