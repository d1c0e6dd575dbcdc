"""Whether what a required law examined is enough for a verdict, or a wrong op may have passed unseen."""

from collections import Counter
from collections.abc import Iterable

from gradcheck.laws.accumulator import InputShapes, LawAccumulator

LEAST_SHARE = 0.25
"""The share of its cases that a required law has to examine: those that it leaves out are rarely like the others."""

AxisKey = tuple[str, int]
"""An axis of an input: the input's label, and the number of the axis."""


def explain_thin_examination(seen: LawAccumulator) -> str:
    """Return why what a law examined is not enough for a verdict; "" where it is."""
    abstained = next((said for said, _ in seen.reasons.most_common(1)), "")
    cases = seen.examined + seen.reasons.total()
    if seen.examined < LEAST_SHARE * cases:
        return f"only {seen.examined} of {cases} cases were examined; in the others {abstained}"
    for part, reasons in seen.unjudged.items():
        if reason := explain_thin_part(part, seen.judged[part], reasons):
            return reason
    if lacks_long_axes(seen.shapes, seen.shapes_left):
        return f"no case with every axis above one was examined; in these {abstained}"
    return ""


def explain_thin_part(part: str, judged: int, reasons: Counter[str]) -> str:
    """Return why a part of an op was judged in too few cases; "" where it was in enough.  reasons: of the cases in
    which it was not."""
    cases, (reason, _) = judged + reasons.total(), reasons.most_common(1)[0]
    if judged >= LEAST_SHARE * cases:
        return ""
    return f"{part} was judged in " + (
        f"{judged} of {cases} cases; in the others {reason}" if judged else f"no case: {reason}"
    )


def lacks_long_axes(examined: Iterable[InputShapes], left: Iterable[InputShapes]) -> bool:
    """Whether every axis is above one in some of the cases that were left out and in none that was examined.  Axes that
    are one in every case are not counted."""
    examined, left = list(examined), list(left)
    long = find_long_axes([*examined, *left])
    return any(map(long.issubset, map(find_long_axes_of, left))) and not any(
        map(long.issubset, map(find_long_axes_of, examined))
    )


def find_long_axes(cases: Iterable[InputShapes]) -> set[AxisKey]:
    """Return the axes that are above one in at least one case."""
    return {axis for shapes in cases for axis in find_long_axes_of(shapes)}


def find_long_axes_of(shapes: InputShapes) -> set[AxisKey]:
    """Return the axes that are above one in a case."""
    return {(label, axis) for label, shape in shapes for axis, length in enumerate(shape) if length > 1}
