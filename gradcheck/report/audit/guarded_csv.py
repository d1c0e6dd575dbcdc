"""CSV that a spreadsheet takes for text and numbers, and for nothing else."""

import csv
import io
from collections.abc import Iterable, Sequence

from gradcheck.escaping import escape_unprintable
from gradcheck.formatting import format_number

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
"""How cells begin that a spreadsheet takes for a formula.  Source: OWASP, CSV injection."""

Cell = str | float


def write_guarded_csv(rows: Iterable[Sequence[Cell]]) -> str:
    """Write rows as CSV; text cannot be a formula, and is one line."""
    return write_plain_csv(
        [guard_cell(cell) if isinstance(cell, str) else format_number(cell) for cell in row] for row in rows
    )


def write_plain_csv(rows: Iterable[Sequence[str]]) -> str:
    """Write rows as CSV as they are."""
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows(rows)
    return file.getvalue()


def guard_cell(text: str) -> str:
    """Return text of a cell with a quote before what a spreadsheet would take for a formula."""
    is_formula = text.startswith(FORMULA_MARKS) or text.lstrip().startswith(FORMULA_MARKS)
    return escape_unprintable(f"'{text}" if is_formula else text)
