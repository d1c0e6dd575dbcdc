"""Heat maps in characters: what is expected, what was given and the difference, side by side."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from gradcheck.formatting import pluralise
from gradcheck.records.difference_map import DifferenceMap, Rows

BARS = "▁▂▃▄▅▆▇█"
"""Levels of numbers of one sign; else the lower half is below zero, and the upper half above."""
ZERO_MARK = "·"
ODD_MARKS = {"nan": "?", "inf": "▲", "-inf": "▼"}
"""The marks of numbers that are not finite."""
TITLES = ("expected", "given", "difference")
GAP_OF_MAPS = "   "
USUAL_WIDTH = 74
"""Characters of a line where the width of the screen is not known."""
WRONG_COLOUR = 31
"""Red, as a number of the sequences of ANSI."""


@dataclass(frozen=True)
class Scale:
    """What the bars of a map mean.  size: the largest number, without its sign.  signs: those that occur, -1 and 1."""

    size: float
    signs: frozenset[int]

    @classmethod
    def of_maps(cls, *maps: Rows) -> "Scale":
        """Return the scale of all finite numbers of some maps."""
        finite = [number for rows in maps for row in rows for number in row if math.isfinite(number) and number]
        return cls(max(map(abs, finite), default=0.0), frozenset(1 if number > 0 else -1 for number in finite))

    def draw(self, number: float) -> str:
        """Draw a number as one character."""
        if not math.isfinite(number):
            return ODD_MARKS[str(number)]
        if not number:
            return ZERO_MARK
        levels = len(BARS) // len(self.signs)
        level = min(max(math.ceil(round(abs(number) / self.size * levels, 6)), 1), levels)
        return BARS[levels - level] if number < 0 and len(self.signs) == 2 else BARS[level - 1 - levels]

    def describe(self, zero: str) -> str:
        """Describe the bars.  zero: what the mark of zero means."""
        size, half = f"{self.size:.3g}", len(BARS) // 2
        if len(self.signs) == 2:
            return f"{BARS[:half]} -{size} to 0, {ZERO_MARK} {zero}, {BARS[half:]} 0 to {size}"
        return f"{ZERO_MARK} {zero}" + f", {BARS} 0 to {'-' * (-1 in self.signs)}{size}" * bool(self.signs)


def describe_picture(picture: DifferenceMap) -> str:
    """Describe a picture in a few words: how many elements are wrong, and the shape, which need not be that of the
    counterexample."""
    wrong = [is_wrong for row in picture.wrong for is_wrong in row]
    verb = "is" if sum(wrong) == 1 else "are"
    return f"{sum(wrong)} of {pluralise(len(wrong), 'element')} {verb} wrong in a case of shape {picture.shape}"


def draw_heat_map(picture: DifferenceMap, width: int | None = None, colour: bool = False) -> list[str]:
    """Draw three maps side by side, or below each other on a screen too narrow for that, and what their bars mean.

    width: of the lines, None where it is not known.  colour: whether wrong elements are red.
    """
    shown = list_shown_numbers(picture)
    values, gaps = Scale.of_maps(*shown[:2]), Scale.of_maps(shown[2])
    labels, columns = label_rows(picture), len(picture.given[0])
    room = (width or USUAL_WIDTH) - max(map(len, labels)) - 1
    cell = 2 if measure_three_maps(2 * columns) <= room else 1
    nowhere = tuple((False,) * columns for _ in labels)
    red = (nowhere, picture.wrong, picture.wrong) if colour else (nowhere,) * 3
    maps = [draw_map(*parts, cell) for parts in zip(TITLES, shown, (values, values, gaps), red, strict=True)]
    groups = [maps] if measure_three_maps(cell * columns) <= room else [[one] for one in maps]
    return [
        *(line for group in groups for line in set_maps_side_by_side(labels, group)),
        f"expected, given: {values.describe('is 0')}",
        f"difference: {gaps.describe('is right')}",
        *describe_odd_marks(shown),
    ]


def list_shown_numbers(picture: DifferenceMap) -> tuple[Rows, Rows, Rows]:
    """List the numbers of the three maps.  What is expected is zero where the error leaves that open; what is right is
    given as it is expected, with the difference zero."""
    wrong, given, right, error = (
        np.array(rows) for rows in (picture.wrong, picture.given, picture.expected, picture.error)
    )
    expected = np.where(np.abs(right) <= error, 0.0, right)
    with np.errstate(invalid="ignore"):
        maps = expected, np.where(wrong, given, expected), np.where(wrong, given - right, 0.0)
    first, second, third = (tuple(map(tuple, numbers.tolist())) for numbers in maps)
    return first, second, third


def label_rows(picture: DifferenceMap) -> list[str]:
    """Write the index of each row, "[0, 1, :]"; nothing for the one row of a vector."""
    leading = picture.shape[:-1]
    return [f"[{', '.join(map(str, index))}, :]" for index in np.ndindex(*leading)] if leading else [""]


def measure_three_maps(width: int) -> int:
    """Return the width of three maps side by side.  width: of the bars of one."""
    return sum(max(len(title), width) for title in TITLES) + len(GAP_OF_MAPS) * (len(TITLES) - 1)


def draw_map(title: str, numbers: Rows, scale: Scale, red: Sequence[Sequence[bool]], cell: int) -> list[str]:
    """Draw one map below its title, in lines of one width.  red: which elements are red.  cell: the characters of an
    element."""
    bars = cell * len(numbers[0])
    lines = [
        "".join(paint_element(scale.draw(number) * cell, is_red) for number, is_red in zip(*rows, strict=True))
        for rows in zip(numbers, red, strict=True)
    ]
    width = max(len(title), bars)
    return [title.ljust(width), *(line + " " * (width - bars) for line in lines)]


def paint_element(drawn: str, is_red: bool) -> str:
    """Return the characters of one element, in the colour of what is wrong where it is red."""
    return f"\x1b[{WRONG_COLOUR}m{drawn}\x1b[0m" if is_red else drawn


def set_maps_side_by_side(labels: Sequence[str], maps: Sequence[Sequence[str]]) -> Iterator[str]:
    """Write the lines of maps side by side, with the labels of rows before them."""
    width = max(map(len, labels))
    for label, *parts in zip(["", *labels], *maps, strict=True):
        margin = f"{label:<{width}} " if width else ""
        yield f"{margin}{GAP_OF_MAPS.join(parts)}".rstrip()


def describe_odd_marks(maps: Sequence[Rows]) -> Iterator[str]:
    """Say what the marks of numbers mean that are not finite, where there are such."""
    odd = {str(number) for rows in maps for row in rows for number in row if not math.isfinite(number)}
    if odd:
        yield "not finite: " + ", ".join(f"{mark} {word}" for word, mark in ODD_MARKS.items() if word in odd)
