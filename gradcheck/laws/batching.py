"""batching: a row of the batch fares as if it were alone."""

from collections.abc import Iterator

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.law import (
    Difference,
    Law,
    Observation,
    compare_within_rounding,
    compute_results,
    make_finding,
    make_rounding_measures,
    merge_observations,
    name_results,
    observe_differences,
)
from gradcheck.records.case import Case


def take_batch_rows(bench: Evaluator, pick: Values) -> tuple[Point, Point]:
    """The point and the upstream with only these rows of the batch, in this order."""
    axes = bench.input_declarations.batch_axes
    point = tuple(
        a if axis is None else np.take(a, pick, axis=axis) for a, axis in zip(bench.case.point, axes, strict=True)
    )
    return point, tuple(u[pick] for u in bench.case.upstream)


def examine(op: Op, case: Case, bench: Evaluator) -> Observation:
    """Each kind of batch in turn: a permuted one, single rows, none at all beside the rest."""
    count = next(
        a.shape[axis]
        for a, axis in zip(case.point, bench.input_declarations.batch_axes, strict=True)
        if axis is not None
    )
    shapes = [y.shape for y in bench.outputs(case.point)]
    if any(shape[:1] != (count,) for shape in shapes):
        claim = f"the batch {op.batch} has length {count}, the outputs have shapes {shapes}"
        return Observation(
            (make_finding(op, "batching", case, claim, hint="Outputs carry the batch as their first axis."),)
        )
    kinds = {
        "in a permuted batch": [case.rng("batching").permutation(count)],
        "one row at a time": [np.array([i]) for i in range(count)],
        "beside an empty batch": [np.arange(0), np.arange(count)],
    }
    hint = "Rows must not speak to each other; gradients of parameters add up over them."
    return merge_observations(
        observe_differences("batching", bench, words, compare_parts_with_batch(bench, picks), hint)
        for words, picks in kinds.items()
    )


def compare_parts_with_batch(bench: Evaluator, picks: list[Values]) -> Iterator[tuple[tuple[str, str], Difference]]:
    """The results of the parts, put together again, against those of the whole."""
    case, spread = bench.case, make_rounding_measures(bench)
    wholes = compute_results(bench, case.point, case.upstream)
    parts = [compute_results(bench, *take_batch_rows(bench, pick)) for pick in picks]
    back = np.argsort(np.concatenate(picks))
    for which, ((label, name), whole) in enumerate(zip(name_results(bench), wholes, strict=True)):
        pieces = [part[which] for part in parts]
        axis = 0 if which < len(bench.op.outputs) else bench.input_declarations.batch_axes[bench.labels.index(label)]
        together = (
            np.asarray(sum(pieces)) if axis is None else np.take(np.concatenate(pieces, axis=axis), back, axis=axis)
        )
        yield (label, name), compare_within_rounding(together, whole, spread(which))


LAW = Law(
    "batching",
    "A row of the batch fares as if it were alone: the same in a permuted batch, in a batch of one, beside an empty "
    "batch; gradients of "
    "parameters add up over the rows.",
    "A sum or mean over the wrong axis mixes the examples of a batch, and every batch size trains differently.",
    examine,
    lambda op: "" if op.batch else "no batch axis is declared",
)
