"""Names of axes, as the declaration has them, and the lengths behind them."""

from collections.abc import Iterator

from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import Axis
from gradcheck.records.case import Case


def name_axes(op: Op, label: str, rank: int) -> list[str]:
    """Name each axis of an input: "N" where the declaration has a name for it, else "axis 1 of x"."""
    axes = op.array(label).axes
    if len(axes) != rank or any(axis.kind in ("group", "broadcast") for axis in axes):
        return [f"axis {k} of {label}" for k in range(rank)]
    return [axis.text if is_named(axis) else f"axis {k} of {label}" for k, axis in enumerate(axes)]


def is_named(axis: Axis) -> bool:
    """Whether an axis has a length of one name."""
    return axis.kind == "size" and axis.text.isidentifier()


def list_lengths(op: Op, case: Case) -> Iterator[tuple[str, int]]:
    """Yield the axes of all inputs by name with their lengths, each name once."""
    seen = set[str]()
    for label, a in case.inputs.items():
        for name, length in zip(name_axes(op, label, a.ndim), a.shape, strict=True):
            if name not in seen:
                seen.add(name)
                yield name, length
