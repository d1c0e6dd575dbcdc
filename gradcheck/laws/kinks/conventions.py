"""Conventions: names for the gradient that an op returns at a kink.

A coordinate that meets a kink alone takes "zero", the slope on its "left" or "right", or the "middle"; of several that
tie, the "first", the "last" or "one of them" takes all, or the gradient is "split".
"""

from collections.abc import Callable

import numpy as np

from gradcheck.arrays import Point
from gradcheck.laws.accumulator import KinkConvention
from gradcheck.laws.kinks.probe import Coordinate
from gradcheck.laws.kinks.slopes import OneSidedSlopes, round_to_error

TIE_FOR_LARGEST, TIE_FOR_SMALLEST = "tie for the largest", "tie for the smallest"
"""Two kinds of kink: a sort takes the first of equal elements for one and the last for the other."""

ORDERED_TIE_CONVENTIONS = ("first", "last", "one of them")
"""Conventions by which one of the tied elements takes the whole gradient, chosen by their order."""

TIE_CONVENTIONS = frozenset({*ORDERED_TIE_CONVENTIONS, "split", "all"})
"""Conventions of several coordinates together."""

DirectionalSlope = Callable[[Point], tuple[float, float]]
"""The one-sided slope of the output along a direction, and its error."""


def name_conventions(
    claimed: Callable[[Point], float], slope: DirectionalSlope, coordinates: list[tuple[Coordinate, OneSidedSlopes]]
) -> list[KinkConvention]:
    """Return the convention at each kind of kink of this case: of a single coordinate, or of several that tie."""
    if len(coordinates) == 1:
        ((coordinate, slopes),) = coordinates
        kink = f"{coordinate.input_name} between slopes {format_slopes(slopes)}"
        return [KinkConvention(kink, name_lone_convention(claimed(slopes.direction), slopes))]
    inputs = [coordinate.input_name for coordinate, _ in coordinates]
    ordered = len(set(inputs)) in (
        1,
        len(inputs),
    )  # else the tied elements are functions of several inputs, in an order of their own
    named: dict[str, KinkConvention] = {}
    for alike in group_by_slopes(coordinates):
        if len(alike) > 1 and are_tied(slope, alike):
            name = name_tie_convention([compute_share_of_slope(claimed, slopes) for slopes in alike])
            if name and (ordered or name not in ORDERED_TIE_CONVENTIONS):
                kink = TIE_FOR_LARGEST if alike[0].right > alike[0].left else TIE_FOR_SMALLEST
                named.setdefault(kink, KinkConvention(kink, name, is_tie=True))
    return list(named.values())


def group_by_slopes(coordinates: list[tuple[Coordinate, OneSidedSlopes]]) -> list[list[OneSidedSlopes]]:
    """Group the coordinates that may tie, that is those whose slope is zero on one side: of one input by equal slopes,
    and across inputs those that are the only ones of their input with these slopes."""
    groups: dict[tuple[str, str], list[OneSidedSlopes]] = {}
    for coordinate, slopes in coordinates:
        if min(abs(slopes.left), abs(slopes.right)) <= slopes.error:
            groups.setdefault((coordinate.input_name, format_slopes(slopes)), []).append(slopes)
    across: dict[str, list[OneSidedSlopes]] = {}
    for (_, words), alike in groups.items():
        if len(alike) == 1:
            across.setdefault(words, []).extend(alike)
    return [*groups.values(), *across.values()]


def compute_share_of_slope(claimed: Callable[[Point], float], slopes: OneSidedSlopes) -> float:
    """Return the claimed slope divided by the slope on the steep side."""
    return round(claimed(slopes.direction) / max(slopes.left, slopes.right, key=abs), 6) + 0.0


def are_tied(slope: DirectionalSlope, alike: list[OneSidedSlopes]) -> bool:
    """Whether these coordinates tie: each has slope zero on one side and the same slope on the other, and all of them
    together change the output by no more than one alone, as in a maximum; in a sum it would be more."""
    steep = max(alike[0].left, alike[0].right, key=abs)
    sign = 1.0 if steep == alike[0].right else -1.0
    together = tuple(np.asarray(sign * sum(parts)) for parts in zip(*(s.direction for s in alike), strict=True))
    joint_slope, error = slope(together)
    return abs(abs(joint_slope) - abs(steep)) <= error + alike[0].error


def format_slopes(slopes: OneSidedSlopes) -> str:
    """Format the slopes on both sides."""
    return f"{round_to_error(slopes.left, slopes.error):g} and {round_to_error(slopes.right, slopes.error):g}"


def name_tie_convention(shares: list[float]) -> str:
    """Return the name of the convention of a tie; "" where several ties are mixed.  shares: of each tied coordinate,
    its gradient divided by its slope."""
    if not any(shares):
        return "zero"
    if sum(x == 1 for x in shares) == 1 and sum(x == 0 for x in shares) == len(shares) - 1:
        return "first" if shares[0] == 1 else "last" if shares[-1] == 1 else "one of them"
    if set(shares) <= {0.0, 1.0}:
        return "all" if all(shares) else ""
    return "split" if len(set(shares)) == 1 and shares[0] == round(1 / len(shares), 6) else "other"


def name_lone_convention(claimed: float, slopes: OneSidedSlopes) -> str:
    """Return the name of the convention where one coordinate meets a kink."""
    if abs(claimed) <= slopes.error:
        return "zero"
    for name, value in (("left", slopes.left), ("right", slopes.right), ("middle", (slopes.left + slopes.right) / 2)):
        if abs(claimed - value) <= slopes.error:
            return name
    return f"{claimed:.3g}"
