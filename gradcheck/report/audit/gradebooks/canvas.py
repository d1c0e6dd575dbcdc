"""Marks for Canvas: one column of its gradebook, in the teacher's export where that is given.

Source: Canvas, "How do I import grades in the Gradebook?"; a column of a new name makes a new assignment.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence

from gradcheck.formatting import format_number
from gradcheck.records.audit import Audit, SubmissionResult
from gradcheck.report.audit.gradebooks.gradebook import Gradebook
from gradcheck.report.audit.gradebooks.registry import GradebookError
from gradcheck.report.audit.guarded_csv import Cell, write_guarded_csv, write_plain_csv
from gradcheck.report.audit.show import Show
from gradcheck.report.audit.whole_rows import fill_row

IDENTITY_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
POINTS_POSSIBLE = "    Points Possible"
ASSIGNMENT_ID = re.compile(r" \(\d+\)$")


class CanvasGradebook:
    """The gradebook `canvas`: canvas.csv.  Without an export, the name of a submission is the login of the student."""

    name = "canvas"

    def render(self, audit: Audit, show: Show, export: str) -> Mapping[str, str]:
        """Write the column; of an export all else stays as it is."""
        rows = [fill_row(audit, submission) for submission in audit.submissions]
        return {
            "canvas.csv": fill_canvas_export(audit.assignment, rows, export) if export else write_column(audit, rows)
        }


def write_column(audit: Audit, rows: Sequence[SubmissionResult]) -> str:
    """Write a table of this assignment alone."""
    table: list[tuple[Cell, ...]] = [(*IDENTITY_COLUMNS, audit.assignment)]
    table.append((POINTS_POSSIBLE, "", "", "", "", max((row.out_of for row in rows), default=0.0)))
    table += [(row.student, "", "", row.student, "", row.points) for row in rows]
    return write_guarded_csv(table)


def fill_canvas_export(assignment: str, rows: Sequence[SubmissionResult], export: str) -> str:
    """Write the export with the points of the students that it has.  Raises GradebookError where it has no column of
    the assignment, where a submission is none of its students, or two are the same."""
    headings, *table = list(csv.reader(io.StringIO(export.removeprefix("\ufeff")))) or [[]]
    column = find_canvas_column(assignment, headings)
    points: dict[int, float] = {}
    for row in rows:
        place = find_canvas_row(row.student, headings, table)
        if place in points:
            raise GradebookError(f"two submissions belong to {table[place][0]!r} of the export; {row.student!r} is one")
        points[place] = row.points
    for place, total in points.items():
        cells = table[place]
        cells += [""] * (column + 1 - len(cells))
        cells[column] = format_number(total)
    return write_plain_csv([headings, *table])


def find_canvas_column(assignment: str, headings: Sequence[str]) -> int:
    """Find the column of an assignment, by its title with or without Canvas's number; else the only one that has a
    number.  Raises GradebookError."""
    numbered = [i for i, heading in enumerate(headings) if ASSIGNMENT_ID.search(heading)]
    own = [i for i, heading in enumerate(headings) if assignment in (heading, ASSIGNMENT_ID.sub("", heading))]
    found = own or (numbered if len(numbered) == 1 else [])
    if len(found) != 1:
        known = ", ".join(headings[i] for i in numbered) or "none"
        many = "several columns" if own else "no column"
        raise GradebookError(
            f"the export has {many} of the assignment {assignment!r}; its assignments: {known}; leave the one in it "
            "that is meant"
        )
    return found[0]


def find_canvas_row(student: str, headings: Sequence[str], table: Sequence[Sequence[str]]) -> int:
    """Find the row of a student, by one of the columns that name them, or by the number in the name that Canvas gives
    to downloaded files: meyeranna_1234_5678_layers.  Raises GradebookError where there is none, or several."""
    columns = [i for i, heading in enumerate(headings) if heading in IDENTITY_COLUMNS[:-1]]
    numbers = [i for i, heading in enumerate(headings) if heading == "ID"]
    found = match_rows(table, columns, {student}) or match_rows(table, numbers, re.findall(r"(?<=_)\d+(?=_)", student))
    if len(found) != 1:
        many = "several rows" if found else "no row"
        raise GradebookError(
            f"the export has {many} for the submission {student!r}; name it as Canvas names the student"
        )
    return found[0]


def match_rows(table: Sequence[Sequence[str]], columns: Iterable[int], wanted: Iterable[str]) -> list[int]:
    """List the rows that have one of the wanted texts in one of the columns; capitals do not count."""
    texts, places = {text.casefold() for text in wanted}, list(columns)
    return [
        i
        for i, cells in enumerate(table)
        if any(place < len(cells) and cells[place].strip().casefold() in texts for place in places)
    ]


CANVAS: Gradebook = CanvasGradebook()
