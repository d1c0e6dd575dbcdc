"""The screen that a report is shown on: its width, and whether it shows colours."""

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TextIO

from gradcheck.report.content import Table

LEAST_CELL_WIDTH = 8
"""Characters that a column keeps on the narrowest screen."""
GAP = 2
"""Spaces between two columns, and beside a heading in its column, as tabulate sets them."""


@dataclass(frozen=True)
class Screen:
    """width: in characters, None where lines may be of any length, as in a file.  colour: whether it shows colours."""

    width: int | None = None
    colour: bool = False


PAPER = Screen()
"""Where lines may be of any length and colours are not shown: a file, a pipe."""


def find_screen(stream: TextIO) -> Screen:
    """Find the screen that a stream writes to; COLUMNS sets its width also where that is no terminal, and NO_COLOR
    forbids colours."""
    is_terminal = stream.isatty()
    width = shutil.get_terminal_size().columns if is_terminal or os.environ.get("COLUMNS", "").isdecimal() else None
    return Screen(width, is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb")


def measure_width(table: Table) -> int:
    """Return the length of the lines of a table."""
    return sum(measure_columns(table)) + GAP * (len(table.headings) - 1)


def measure_columns(table: Table) -> list[int]:
    """Return the width of each column."""
    columns = zip(table.headings, *table.rows, strict=True)
    return [max(len(heading) + GAP, *map(len, cells), 0) for heading, *cells in columns]


def narrow_table(table: Table, width: int | None) -> tuple[Table, tuple[str, ...]]:
    """Narrow a table to a width: leave out expendable columns, then cut the longest cells.

    Returns the table, and the headings that were left out.
    """
    left_out: list[str] = []
    for heading in (heading for heading in table.expendable if heading in table.headings):
        if width is None or measure_width(table) <= width:
            break
        left_out.append(heading)
        table = drop_column(table, table.headings.index(heading))
    return (table if width is None else shorten_cells(table, width)), tuple(left_out)


def drop_column(table: Table, index: int) -> Table:
    """Return a table without one of its columns."""
    headings, *rows = ((*row[:index], *row[index + 1 :]) for row in (table.headings, *table.rows))
    return replace(table, headings=headings, rows=tuple(rows))


def shorten_cells(table: Table, width: int) -> Table:
    """Cut the cells of the widest column, again and again, until the table has this width or no column can be cut;
    first the columns that are not to be cut last."""
    lengths, excess = measure_columns(table), measure_width(table) - width
    for is_last in (False, True):
        columns = [i for i, heading in enumerate(table.headings) if (heading in table.cut_last) is is_last]
        excess = narrow_columns(lengths, columns, excess)
    headings = shorten_row(table.headings, [length - GAP for length in lengths])
    return replace(table, headings=headings, rows=tuple(shorten_row(row, lengths) for row in table.rows))


def narrow_columns(lengths: list[int], columns: Sequence[int], excess: int) -> int:
    """Narrow the widest of some columns, again and again, until so many characters are gone or none can be narrowed.
    Changes `lengths`, and returns how many characters are left."""
    while excess > 0 and (widest := max((lengths[i] for i in columns), default=0)) > LEAST_CELL_WIDTH:
        lengths[next(i for i in columns if lengths[i] == widest)] -= 1
        excess -= 1
    return excess


def shorten_row(cells: Iterable[str], lengths: Iterable[int]) -> tuple[str, ...]:
    """Cut each cell to its length."""
    pairs = zip(cells, lengths, strict=True)
    return tuple(cell if len(cell) <= most else f"{cell[: most - 1]}…" for cell, most in pairs)
