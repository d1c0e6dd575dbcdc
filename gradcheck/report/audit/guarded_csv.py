"""CSV that a spreadsheet takes for text and numbers, and for nothing else."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from gradcheck.escaping import escape_unprintable
from gradcheck.formatting import format_number

FORMULA = re.compile(r"(^|;)(?=\s*[=+\-@\t\r])")
"""Where a spreadsheet takes text for a formula: at the start of a cell, or behind a semicolon, which separates cells in
many countries.  Source: OWASP, CSV injection."""

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
    return escape_unprintable(FORMULA.sub(r"\1'", text))
