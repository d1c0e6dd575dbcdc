"""broadcasting: broadcasting an input equals repeating it explicitly, and its gradient is summed over the repeats."""

from collections.abc import Iterator

import numpy as np

from gradcheck.arrays import Point, Values
from gradcheck.declaration.inputs import list_declared_arrays
from gradcheck.declaration.op import Op
from gradcheck.evaluation.evaluator import Evaluator
from gradcheck.laws.accumulator import Observation
from gradcheck.laws.call_results import ResultName, compute_results, make_rounding_measures, name_results
from gradcheck.laws.comparison import Difference, compare_within_rounding
from gradcheck.laws.findings import observe_differences
from gradcheck.laws.law import Law
from gradcheck.records.case import Case


def find_leading_group(evaluator: Evaluator, label: str) -> tuple[str, bool, tuple[int, ...], tuple[int, ...]]:
    """Return the group of axes that an input begins with, whether it is broadcast, and the input's shape within and
    after the group; the name is "" where the input begins with no group."""
    axes, shape = evaluator.op.array(label).axes, evaluator.case.inputs[label].shape
    if not axes or axes[0].kind not in ("broadcast", "group"):
        return "", False, (), shape
    split = len(shape) - (len(axes) - 1)
    return axes[0].text, axes[0].kind == "broadcast", shape[:split], shape[split:]


def repeat_broadcast_inputs(evaluator: Evaluator) -> Point:
    """Return the point with every broadcastable input repeated to its full shape."""
    groups = [find_leading_group(evaluator, label) for label in evaluator.labels]
    full = {name: np.broadcast_shapes(*(g for n, _, g, _ in groups if n == name)) for name, *_ in groups}
    return tuple(
        np.array(np.broadcast_to(a, full[name] + rest)) if broadcast else a
        for a, (name, broadcast, _, rest) in zip(evaluator.case.point, groups, strict=True)
    )


def examine(op: Op, case: Case, evaluator: Evaluator) -> Observation:
    """Repeat every broadcast input to its full shape and compare."""
    point = repeat_broadcast_inputs(evaluator)
    if all(a.shape == b.shape for a, b in zip(point, case.point, strict=True)):
        return Observation(abstained="nothing is broadcast in this case")
    hint = "Sum the gradient over the axes along which the input was broadcast."
    return observe_differences(
        "broadcasting",
        evaluator,
        "against inputs repeated explicitly",
        compare_with_repeated_inputs(evaluator, point),
        hint,
    )


def compare_with_repeated_inputs(evaluator: Evaluator, point: Point) -> Iterator[tuple[ResultName, Difference]]:
    """Yield the difference between each result with broadcast inputs and that with repeated ones."""
    case, spread = evaluator.case, make_rounding_measures(evaluator)
    explicit = compute_results(evaluator, point, case.upstream)
    for i, (name, got) in enumerate(
        zip(name_results(evaluator), compute_results(evaluator, case.point, case.upstream), strict=True)
    ):
        wanted = explicit[i] if i < len(evaluator.op.outputs) else sum_over_repeats(explicit[i], got.shape)
        yield name, compare_within_rounding(got, wanted, spread(i))


def sum_over_repeats(gradient: Values, shape: tuple[int, ...]) -> Values:
    """Sum a gradient over the axes along which an array of this shape was repeated; the result has this shape.
    Independent of the ops, since a fault in a shared function would cancel in the comparison."""
    once = (1,) * (gradient.ndim - len(shape)) + shape
    repeated = tuple(axis for axis, length in enumerate(gradient.shape) if length != once[axis])
    return gradient.sum(axis=repeated).reshape(shape)


LAW = Law(
    "broadcasting",
    "Broadcasting an input equals repeating it explicitly, and its gradient is the sum over the repeats.",
    "A gradient that is not summed back has the wrong shape, or with an axis of length one a silently wrong value.",
    examine,
    lambda op: (
        ""
        if any(a.kind == "broadcast" for array in list_declared_arrays(op.inputs) for a in array.axes)
        else "no input is declared broadcastable"
    ),
    broken_by="gradient",
)
