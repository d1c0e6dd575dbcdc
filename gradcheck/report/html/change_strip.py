"""One error before and after as a strip on a logarithmic axis."""

from typing import Any

from gradcheck.checking.baseline import ErrorChange, ErrorComparison
from gradcheck.records.error_spread import LEAST_DECADE, MOST_DECADE, measure_power
from gradcheck.report.content import format_relative_error
from gradcheck.report.html.svg import PictureSize, add_svg_path, close_svg, format_place, open_svg

CHANGE_STRIP = PictureSize(160, 18)
CHANGE_MARGIN = 6
MIDDLE = CHANGE_STRIP.height // 2
RING_RADIUS = 4


def draw_change_strip(row: ErrorComparison) -> Any:
    """Draw an error before, as a ring, and after, as a dot, and a line between them."""
    before, after = map(format_relative_error, (row.before, row.after))
    root = open_svg(f"before {before}, after {after}: {row.change}", CHANGE_STRIP, "change")
    add_svg_path(root, "axis", f"M{CHANGE_MARGIN} {MIDDLE}H{CHANGE_STRIP.width - CHANGE_MARGIN}")
    places = [None if error is None else place_on_strip(error) for error in (row.before, row.after)]
    kind = "worse" if row.change is ErrorChange.REGRESSED else "better"
    if places[0] is not None and places[1] is not None:
        add_svg_path(root, kind, f"M{format_place(places[0])} {MIDDLE}H{format_place(places[1])}")
    if places[0] is not None:
        turn = f"a{RING_RADIUS} {RING_RADIUS} 0 1 0"
        x = format_place(places[0] - RING_RADIUS)
        add_svg_path(root, "ring", f"M{x} {MIDDLE}{turn} {2 * RING_RADIUS} 0{turn} {-2 * RING_RADIUS} 0z")
    if places[1] is not None:
        add_svg_path(root, "dot", f"M{format_place(places[1])} {MIDDLE}h0")
    return close_svg(root)


def place_on_strip(error: float) -> float:
    """Place an error, at an end of the strip where it is beyond."""
    share = (measure_power(error) - LEAST_DECADE) / (MOST_DECADE + 1 - LEAST_DECADE)
    return CHANGE_MARGIN + share * (CHANGE_STRIP.width - 2 * CHANGE_MARGIN)
