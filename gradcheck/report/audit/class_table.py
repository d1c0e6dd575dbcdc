"""The points of the class as CSV: a row for each submission, a column for each function."""

from collections.abc import Iterator

from gradcheck.escaping import cut_text
from gradcheck.records.audit import Audit
from gradcheck.report.audit.guarded_csv import Cell, write_guarded_csv
from gradcheck.report.audit.whole_rows import fill_row


def render_class_csv(audit: Audit) -> str:
    """Write the points of each function, the total, what could be had, and why a submission could not be run."""
    return write_guarded_csv([("student", *audit.functions, "total", "out_of", "invalid"), *list_class_rows(audit)])


def list_class_rows(audit: Audit) -> Iterator[tuple[Cell, ...]]:
    """List the row of each submission."""
    for submission in audit.submissions:
        row = fill_row(audit, submission)
        points = {function.name: function.points for function in row.functions}
        of_functions = (points[name] for name in audit.functions)
        yield row.student, *of_functions, row.points, row.out_of, cut_text(row.invalid)
