"""broadcasting: broadcasting an input equals repeating it explicitly, and its gradient is summed over the repeats."""

from collections.abc import Iterator

import numpy as np

from gradcheck.arrays import Point
from gradcheck.bench import Bench
from gradcheck.case import Case
from gradcheck.laws.law import Difference, Law, Observation, close, disagreements, result_names, results, spreads
from gradcheck.op import Op, arrays
from gradcheck.ops.arithmetic.broadcasting import unbroadcast
from gradcheck.oracles.forward import declared


def broadcastable(bench: Bench, label: str) -> bool:
    """Whether this input is nothing but broadcastable axes."""
    return any(axis.kind == "broadcast" for axis in declared(bench, label).axes)


def repeated(bench: Bench) -> Point:
    """The point with every broadcastable input written out in full."""
    marks = [broadcastable(bench, label) for label in bench.labels]
    groups = {axis.text for label in bench.labels for axis in declared(bench, label).axes if axis.kind == "broadcast"}
    full = {
        name: np.broadcast_shapes(*(a.shape for label, a in bench.case.inputs.items() if spans(bench, label, name)))
        for name in groups
    }
    shapes = [next((full[name] for name in groups if spans(bench, label, name)), ()) for label in bench.labels]
    return tuple(
        np.array(np.broadcast_to(a, s)) if mark else a
        for a, s, mark in zip(bench.case.point, shapes, marks, strict=True)
    )


def spans(bench: Bench, label: str, group: str) -> bool:
    """Whether the whole shape of this input is the group, broadcast or not."""
    axes = declared(bench, label).axes
    return len(axes) == 1 and axes[0].text == group and axes[0].kind in ("broadcast", "group")


def examine(op: Op, case: Case, bench: Bench) -> Observation:
    """Write every broadcast input out in full and compare."""
    point = repeated(bench)
    if all(a.shape == b.shape for a, b in zip(point, case.point, strict=True)):
        return Observation(abstained="nothing is broadcast in this case")
    hint = "Sum the gradient over the axes along which the input was broadcast."
    return disagreements("broadcasting", bench, "against inputs repeated explicitly", compared(bench, point), hint)


def compared(bench: Bench, point: Point) -> Iterator[tuple[tuple[str, str], Difference]]:
    """The results with broadcast inputs against those with repeated ones."""
    case, spread = bench.case, spreads(bench)
    explicit = results(bench, point, case.upstream)
    for which, (names, got) in enumerate(
        zip(result_names(bench), results(bench, case.point, case.upstream), strict=True)
    ):
        wanted = explicit[which] if which < len(bench.op.outputs) else unbroadcast(explicit[which], got.shape)
        yield names, close(got, wanted, lambda which=which: spread(which))  # type: ignore[misc]


LAW = Law(
    "broadcasting",
    "Broadcasting an input equals repeating it explicitly, and its gradient is the sum over the repeats.",
    "A gradient that is not summed back has the wrong shape, or with an axis of length one a silently wrong value.",
    examine,
    lambda op: (
        ""
        if any(a.kind == "broadcast" for array in arrays(op) for a in array.axes)
        else "no input is declared broadcastable"
    ),
)
