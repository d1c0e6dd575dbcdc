"""Names of axes, as the declaration has them, and the lengths behind them."""

from collections.abc import Iterator, Sequence

from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import Axis
from gradcheck.records.case import Case

NAMES_OF_TIME = frozenset({"t", "time", "s", "l", "seq", "steps", "length"})
"""Names of axes along which steps follow each other, in small letters."""


def join_names(names: Sequence[str]) -> str:
    """Return names as a person lists them: "N", "N and H", "N, H and W"."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def name_declared_axes(label: str, axes: Sequence[Axis], ndim: int) -> list[tuple[int, str]]:
    """Return the axes of an array of ndim axes with the names that its declaration has for them."""
    named = list[tuple[int, str]]()
    grouped = [k for k, axis in enumerate(axes) if axis.kind in ("group", "broadcast")]
    ahead = grouped[0] if grouped else len(axes)
    behind = len(axes) - ahead - 1 if grouped else 0
    for k in range(ndim):
        place = k if k < ahead else len(axes) - ndim + k if k >= ndim - behind else None
        if place is not None and axes[place].kind == "size" and not axes[place].text.isdigit():
            named.append((k, axes[place].text))
            continue
        named.append((k, f"axis {k} of {label}"))
        if grouped and k == ndim - 1:
            named.append((k, f"the last axis of {label}"))
    return named


def name_axes_in_order(op: Op, label: str, ndim: int) -> list[str]:
    """Return one name for each axis of an input."""
    first_named = dict(reversed(name_declared_axes(label, op.array(label).axes, ndim)))
    return [first_named[k] for k in range(ndim)]


def list_lengths(op: Op, case: Case) -> Iterator[tuple[str, int]]:
    """Yield the axes of all inputs by name with their lengths, each name once."""
    seen = set[str]()
    for label, a in case.inputs.items():
        for name, length in zip(name_axes_in_order(op, label, a.ndim), a.shape, strict=True):
            if name not in seen:
                seen.add(name)
                yield name, length


def is_time(name: str) -> bool:
    """Whether an axis of this name is one of time."""
    return name.lower() in NAMES_OF_TIME
