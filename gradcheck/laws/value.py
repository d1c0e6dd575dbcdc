"""value: forward agrees with the reference."""

from typing import Any

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.declaration.op import Op, locate_definition
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.formatting import format_index
from gradcheck.laws.law import (
    Difference,
    Law,
    Observation,
    compare_with_few_repeats_first,
    find_largest_difference,
    make_finding,
)
from gradcheck.oracles import autodiff
from gradcheck.oracles.error_factors import COMFORTABLE_SHARE, FEW_REPEATS
from gradcheck.oracles.monte_carlo import measure_rounding
from gradcheck.records.case import Case
from gradcheck.records.results import Estimate, Evidence


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Compare every output with the formula's."""
    findings, tightest, judged = [], 0.0, False
    concrete_shapes = (
        evaluator.with_concrete_shapes() if differs_from_reference(evaluator, case.upstream) else evaluator
    )
    for name, difference in compare_with_reference(concrete_shapes, case.upstream):
        if isinstance(difference, str):
            findings.append(
                make_finding(op, "value", case, f"output {name} {difference}", input=name, **locate_forward(op))
            )
        elif difference is not None:
            judged, tightest = True, max(tightest, difference.ratio)
            if not difference.holds:
                said = Evidence("reference", difference.got, difference.wanted, difference.allowed, False)
                claim = f"output {name} is {difference.words}"
                findings.append(
                    make_finding(
                        op,
                        "value",
                        case,
                        claim,
                        input=name,
                        evidence=(said,),
                        where=format_index(difference.where).strip(),
                        **locate_forward(op),
                    )
                )
    return Observation(
        tuple(findings), tightest, abstained="" if judged or findings else "the reference is not finite here"
    )


def locate_forward(op: Op) -> dict[str, Any]:
    """A wrong value stands in the forward."""
    file, line = locate_definition(op.forward)
    return {"file": file, "line": line} if file else {}


def compare_with_reference(evaluator: Evaluator, upstream: Point) -> list[tuple[str, Difference | str | None]]:
    """Each output with its difference from the reference: words where the shape differs, None where the reference is
    not finite.  upstream: where the reference runs, its gradients are found as well; any will do, and one that is
    asked for again costs nothing then."""

    def compare() -> list[tuple[str, Difference | str | None]]:
        names, got = evaluator.op.outputs, evaluator.outputs(evaluator.case.point)
        try:
            wanted, _ = autodiff.estimate_reference(evaluator, evaluator.case.point, upstream)
        except autodiff.ReferenceMismatch as mismatch:
            return [(names[0], f"has another shape: {mismatch}")]
        return [
            (name, compare_output(evaluator, upstream, i, y, estimate))
            for i, (name, y, estimate) in enumerate(zip(names, got, wanted, strict=True))
        ]

    found: list[tuple[str, Difference | str | None]] = evaluator.compute_once(
        (b"value", evaluator.concrete_shapes), compare
    )
    return found


def compare_output(
    evaluator: Evaluator, upstream: Point, which: int, got: Values, wanted: Estimate
) -> Difference | None:
    """One output against the reference: the reference's rounding, then the forward's own, is measured only where the
    rest does not suffice."""
    if got.size and not np.isfinite(wanted.error).any():
        return None
    difference = find_largest_difference(got, wanted.value, wanted.error)
    if difference.ratio <= COMFORTABLE_SHARE or not np.isfinite(difference.got):
        return difference
    point = evaluator.case.point

    def reference_error(repeats: int) -> Values:
        return autodiff.estimate_reference(evaluator, point, upstream, repeats)[0][which].error

    def compare(repeats: int) -> Difference:
        own = measure_rounding(
            lambda arrange: evaluator.outputs(point, arrange), evaluator.case.rng("value"), repeats=repeats
        )[which]
        return find_largest_difference(got, wanted.value, reference_error(repeats) + own)

    difference = find_largest_difference(got, wanted.value, reference_error(FEW_REPEATS))
    return difference if difference.ratio <= COMFORTABLE_SHARE else compare_with_few_repeats_first(compare)


def differs_from_reference(evaluator: Evaluator, upstream: Point) -> bool:
    """Whether the forward computes something else than the reference in this case."""
    return any(
        isinstance(d, str) or (d is not None and not d.holds) for _, d in compare_with_reference(evaluator, upstream)
    )


def explain_missing_reference(op: Op) -> str:
    """Why there is nothing to compare with."""
    if op.reference is None:
        return "no reference was given"
    return "the reference is the forward itself" if op.origin.reference_is_forward else ""


LAW = Law(
    "value",
    "Forward agrees with the reference formula.",
    "A backward can be the exact gradient of the wrong function; differences of the forward cannot tell.",
    examine,
    explain_missing_reference,
)
