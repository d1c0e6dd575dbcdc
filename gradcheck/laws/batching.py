"""batching: each row gives the same result alone and in the batch."""

from collections.abc import Iterator

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import ResultName, compute_results, make_rounding_measures, name_results
from gradcheck.laws.comparison import Difference, compare_within_rounding, make_difference
from gradcheck.laws.findings import make_finding, merge_observations, observe_differences
from gradcheck.laws.law import Law
from gradcheck.records.case import Case
from gradcheck.records.demonstration import Demonstration

MOST_PARTS = 8
"""Parts of a batch that are run by themselves: single rows, or of a longer batch several at a time."""


def take_batch_rows(evaluator: Evaluator, pick: Values) -> tuple[Point, Point]:
    """Return the point and the upstream with only these rows of the batch, in this order."""
    axes = evaluator.input_declarations.batch_axes
    point = tuple(
        a if axis is None else np.take(a, pick, axis=axis) for a, axis in zip(evaluator.case.point, axes, strict=True)
    )
    return point, tuple(u[pick] for u in evaluator.case.upstream)


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Compare the batch with a permuted batch, with single rows, and with the batch beside an empty one."""
    count = next(
        a.shape[axis]
        for a, axis in zip(case.point, evaluator.input_declarations.batch_axes, strict=True)
        if axis is not None
    )
    shapes = [y.shape for y in evaluator.outputs(case.point)]
    if any(shape[:1] != (count,) for shape in shapes):
        claim = f"the batch {op.batch} has length {count}, the outputs have shapes {shapes}"
        return Observation(
            (make_finding(op, "batching", case, claim, hint="Outputs carry the batch as their first axis."),)
        )
    order = case.rng("batching").permutation(count)
    in_parts = "one row at a time" if count <= MOST_PARTS else "part by part"
    kinds = {
        "in a permuted batch": [np.roll(order, int(np.all(order[:1] == 0)))],  # the first row elsewhere
        in_parts: np.array_split(np.arange(count), max(min(count, MOST_PARTS), 1)),
        "beside an empty batch": [np.arange(0), np.arange(count)],
    }
    hint = "A row's result must not depend on other rows; gradients of parameters add up over the rows."
    return merge_observations(
        observe_differences(
            "batching",
            evaluator,
            words,
            compare_parts_with_batch(evaluator, picks),
            hint,
            demonstrate_parts(evaluator, picks),
        )
        for words, picks in kinds.items()
    )


def demonstrate_parts(evaluator: Evaluator, picks: list[Values]) -> Demonstration:
    """Return how the results of these parts of the batch are made."""
    axes = zip(evaluator.labels, evaluator.input_declarations.batch_axes, strict=True)
    parts = tuple(tuple(map(int, pick)) for pick in picks)
    return Demonstration(parts=parts, batch_axes={label: axis for label, axis in axes if axis is not None})


def compare_parts_with_batch(evaluator: Evaluator, picks: list[Values]) -> Iterator[tuple[ResultName, Difference]]:
    """Yield the difference between each result of the whole batch and that joined from its parts."""
    case, spread = evaluator.case, make_rounding_measures(evaluator)
    wholes = compute_results(evaluator, case.point, case.upstream)
    parts = [compute_results(evaluator, *take_batch_rows(evaluator, pick)) for pick in picks]
    back = np.argsort(np.concatenate(picks))
    for i, (name, whole) in enumerate(zip(name_results(evaluator), wholes, strict=True)):
        pieces = [part[i] for part in parts]
        axis = (
            0
            if i < len(evaluator.op.outputs)
            else evaluator.input_declarations.batch_axes[evaluator.labels.index(name.subject.name)]
        )
        together = (
            np.asarray(sum(pieces)) if axis is None else np.take(np.concatenate(pieces, axis=axis), back, axis=axis)
        )
        spoiled = np.isfinite(together) & ~np.isfinite(whole)
        if axis is not None and spoiled.any():  # by another row
            yield (
                name,
                make_difference(
                    int(np.argmax(spoiled)), np.where(spoiled, np.inf, 0.0), together, whole, np.zeros(whole.shape)
                ),
            )
        else:
            yield name, compare_within_rounding(together, whole, spread(i))


LAW = Law(
    "batching",
    "Each row gives the same result alone and in the batch, in a permuted batch, and beside an empty batch; gradients "
    "of parameters add up over the rows.",
    "A sum or mean over the wrong axis mixes the examples of a batch, and every batch size trains differently.",
    examine,
    lambda op: "" if op.batch else "no batch axis is declared",
    broken_by="gradient",
)
