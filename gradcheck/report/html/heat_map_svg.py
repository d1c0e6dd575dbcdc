"""Heat maps as SVG: what is expected, what was given and the difference, one picture each."""

import math
from collections.abc import Sequence
from typing import Any
from xml.etree import ElementTree as xml

from gradcheck.records.difference_map import DifferenceMap, Rows
from gradcheck.report.heat_map import (
    ODD_MARKS,
    TITLES,
    Scale,
    describe_odd_marks,
    describe_picture,
    label_rows,
    list_shown_numbers,
)
from gradcheck.report.html.svg import PictureSize, add_svg_path, add_svg_text, close_svg, format_place, open_svg

WIDEST = 224
"""Of a map without its labels, in pixels."""
LARGEST_CELL = 28
LETTER = 6.2
"""The width of a character of a label, in pixels."""
FAINTEST = 0.15
"""The opacity of the smallest number that is not zero."""


def draw_heat_maps(picture: DifferenceMap) -> list[tuple[str, Any]]:
    """Draw three maps, each with its title."""
    shown = list_shown_numbers(picture)
    values, gaps = Scale.of_maps(*shown[:2]), Scale.of_maps(shown[2])
    nowhere = tuple((False,) * len(row) for row in picture.wrong)
    parts = zip(TITLES, shown, (values, values, gaps), (nowhere, picture.wrong, picture.wrong), strict=True)
    return [(title, draw_heat_map_svg(picture, title, numbers, scale, wrong)) for title, numbers, scale, wrong in parts]


def draw_heat_map_svg(
    picture: DifferenceMap, title: str, numbers: Rows, scale: Scale, wrong: Sequence[Sequence[bool]]
) -> Any:
    """Draw one map.  wrong: which elements have a frame."""
    labels, columns = label_rows(picture), len(numbers[0])
    cell, gutter = min(WIDEST // columns, LARGEST_CELL), math.ceil(LETTER * max(map(len, labels))) + 4
    size = PictureSize(gutter + cell * columns + 2, cell * len(numbers) + 2)
    root = open_svg(f"{title}: {describe_picture(picture)}", size, "heat")
    for i, (label, row) in enumerate(zip(labels, numbers, strict=True)):
        if label:
            add_svg_text(root, "text", label, x="0", y=str(cell * i + cell // 2 + 5))
        for j, number in enumerate(row):
            draw_element(root, number, scale, gutter + cell * j + 1, cell * i + 1, cell)
    frames = [
        (gutter + cell * j + 2, cell * i + 2) for i, row in enumerate(wrong) for j, is_in in enumerate(row) if is_in
    ]
    add_svg_path(root, "frame", "".join(f"M{x} {y}h{cell - 2}v{cell - 2}h{2 - cell}z" for x, y in frames))
    return close_svg(root)


def draw_element(root: xml.Element, number: float, scale: Scale, x: int, y: int, cell: int) -> None:
    """Draw one number as a square, stronger the larger it is; below zero with a line, not finite with a mark."""
    kind = "odd" if not math.isfinite(number) else "zero" if not number else "below" if number < 0 else "above"
    square = {"class": kind, "x": str(x), "y": str(y), "width": str(cell), "height": str(cell)}
    if kind in ("below", "above"):
        share = min(abs(number) / scale.size, 1.0)
        square["fill-opacity"] = f"{FAINTEST + (1 - FAINTEST) * share:.2f}"
    add_svg_text(xml.SubElement(root, "rect", square), "title", f"{number:.6g}")
    middle = y + cell // 2
    if kind == "below":
        add_svg_path(root, "minus", f"M{format_place(x + cell / 3)} {middle}h{format_place(cell / 3)}")
    if kind == "odd":
        add_svg_text(root, "text", ODD_MARKS[str(number)], x=format_place(x + cell / 2 - 4), y=str(middle + 4))


def describe_colours(picture: DifferenceMap) -> list[str]:
    """Say what the colours of the maps mean."""
    shown = list_shown_numbers(picture)
    values, gaps = Scale.of_maps(*shown[:2]), Scale.of_maps(shown[2])
    return [
        f"expected, given: {describe_scale(values, '0')}",
        f"difference: {describe_scale(gaps, 'right')}; what is wrong has a frame",
        *describe_odd_marks(shown),
    ]


def describe_scale(scale: Scale, zero: str) -> str:
    """Say what the colours of one scale mean.  zero: what a square without colour means."""
    size = f"{scale.size:.3g}"
    above = f"blue up to {size}" if 1 in scale.signs else ""
    below = f"orange with a line down to -{size}" if -1 in scale.signs else ""
    return ", ".join(filter(None, [f"no colour is {zero}", above, below]))
