"""Marks and feedback for Moodle's import of grades, in the columns of its offline grading worksheet."""

import re
from collections.abc import Iterator, Mapping

from gradcheck.escaping import cut_text
from gradcheck.records.audit import Audit, SubmissionResult
from gradcheck.report.audit.answer import count_states
from gradcheck.report.audit.gradebooks.gradebook import Gradebook
from gradcheck.report.audit.guarded_csv import Cell, write_guarded_csv
from gradcheck.report.audit.show import Show
from gradcheck.report.audit.whole_rows import fill_row

MOODLE_COLUMNS = ("Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments")
MOODLE_FOLDER = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_\w*")
"""How Moodle names the folders of a class's submissions: Anna Meyer_1234567_assignsubmission_file_."""


class MoodleGradebook:
    """The gradebook `moodle`: moodle.csv.  The name of a submission that Moodle's download did not make is the
    identifier of the student."""

    name = "moodle"

    def render(self, audit: Audit, show: Show, export: str) -> Mapping[str, str]:
        """Write a row for each submission."""
        rows = (fill_row(audit, submission) for submission in audit.submissions)
        return {"moodle.csv": write_guarded_csv([MOODLE_COLUMNS, *(build_moodle_row(row) for row in rows)])}


def build_moodle_row(row: SubmissionResult) -> tuple[Cell, ...]:
    """Build the row of a submission."""
    known = MOODLE_FOLDER.fullmatch(row.student)
    identity = (f"Participant {known['number']}", known["name"]) if known else (row.student, row.student)
    return *identity, row.points, row.out_of, "; ".join(list_feedback(row))


def list_feedback(row: SubmissionResult) -> Iterator[str]:
    """List what the student reads beside the mark: the states of the functions."""
    yield count_states(row.functions)
    if row.invalid:
        yield f"nothing could be run: {cut_text(row.invalid)}"
    yield from (f"{function.name}: {function.state}" for function in row.functions)


MOODLE: Gradebook = MoodleGradebook()
