"""Whether what a required law examined is enough for a verdict, or a wrong op may have passed unseen."""

from collections.abc import Iterable

from gradcheck.laws.accumulator import InputShapes, LawAccumulator

LEAST_SHARE = 0.25
"""The share of its cases that a required law has to examine: those that it leaves out are rarely like the others."""

AxisKey = tuple[str, int]
"""An axis of an input: the input's label, and the number of the axis."""


def explain_thin_examination(seen: LawAccumulator) -> str:
    """Return why what a law examined is not enough for a verdict; "" where it is."""
    reason = next((said for said, _ in seen.reasons.most_common(1)), "")
    cases = seen.examined + seen.reasons.total()
    if seen.examined < LEAST_SHARE * cases:
        return f"only {seen.examined} of {cases} cases were examined; in the others {reason}"
    if left := sorted(seen.unjudged_inputs.keys() - seen.judged_inputs):
        return f"the gradient of {', '.join(left)} was judged in no case: {seen.unjudged_inputs[left[0]]}"
    if lacks_long_axes(seen.shapes, seen.shapes_left):
        return f"no case with every axis above one was examined; in these {reason}"
    return ""


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
