"""The table of marks that nbgrader exports.  Source: nbgrader, plugins/export.py."""

from collections.abc import Mapping

from gradcheck.records.audit import Audit
from gradcheck.report.audit.gradebooks.gradebook import Gradebook
from gradcheck.report.audit.guarded_csv import Cell, write_guarded_csv
from gradcheck.report.audit.show import Show
from gradcheck.report.audit.whole_rows import fill_row

NBGRADER_COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)


class NbgraderGradebook:
    """The gradebook `nbgrader`: nbgrader.csv.  The name of a submission is the id of the student."""

    name = "nbgrader"

    def render(self, audit: Audit, show: Show, export: str) -> Mapping[str, str]:
        """Write a row for each submission."""
        rows: list[tuple[Cell, ...]] = [NBGRADER_COLUMNS]
        for row in (fill_row(audit, submission) for submission in audit.submissions):
            rows.append((audit.assignment, "", "", row.student, "", "", "", row.points, 0.0, row.points, row.out_of))
        return {"nbgrader.csv": write_guarded_csv(rows)}


NBGRADER: Gradebook = NbgraderGradebook()
