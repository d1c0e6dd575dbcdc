"""The result of a step of GitHub Classroom's grading reporter.

Source: classroom-resources/autograding-grading-reporter, main.js, which reads it in base64 from the environment.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gradcheck.escaping import cut_text, escape_lines, escape_unprintable
from gradcheck.records.audit import Audit, FunctionState, SubmissionResult
from gradcheck.report.audit.file_names import name_student_file
from gradcheck.report.audit.gradebooks.gradebook import Gradebook
from gradcheck.report.audit.gradebooks.graded_tests import GradedOutcome, GradedTest, list_tests
from gradcheck.report.audit.show import Show
from gradcheck.report.audit.whole_rows import fill_row

CLASSROOM_VERSION = 1
ERROR_STATES = frozenset({FunctionState.CRASHED, FunctionState.ENDLESS, FunctionState.UNLOADABLE})
"""States in which the tests of a function could not be run to the end."""


class ClassroomGradebook:
    """The gradebook `classroom`: classroom.json of one submission, classroom/NAME.json of several."""

    name = "classroom"

    def render(self, audit: Audit, show: Show, export: str) -> Mapping[str, str]:
        """Write the result of each submission."""
        rows = audit.submissions
        names = ["classroom"] if len(rows) == 1 else [f"classroom/{name_student_file(row.student)}" for row in rows]
        return {
            f"{name}.json": json.dumps(build_classroom_result(audit, row, show), indent=1, allow_nan=False) + "\n"
            for name, row in zip(names, rows, strict=True)
        }


def build_classroom_result(audit: Audit, submission: SubmissionResult, show: Show) -> dict[str, Any]:
    """Build the result of one submission."""
    tests = [build_classroom_test(test) for test in list_tests(audit, submission, show)]
    return {
        "version": CLASSROOM_VERSION,
        "status": decide_classroom_status([test["status"] for test in tests]),
        "max_score": fill_row(audit, submission).out_of,
        "tests": tests,
    }


def decide_classroom_status(statuses: Sequence[str]) -> str:
    """Decide the status of all tests: the worst; a submission without tests is an error."""
    return next((status for status in ("error", "fail") if status in statuses), "pass") if statuses else "error"


def build_classroom_test(test: GradedTest) -> dict[str, Any]:
    """Build one test."""
    failed = "error" if test.state in ERROR_STATES else "fail"
    text = escape_lines(test.text)
    return {
        "name": escape_unprintable(cut_text(test.name)),
        "status": "pass" if test.outcome is GradedOutcome.PASSED else failed,
        "message": text,
        "test_code": "",
        "task_id": 0,
        "filename": escape_unprintable(cut_text(test.file)),
        "line_no": test.line,
        "duration": 0,
        "score": test.points,
        "output": text,
    }


CLASSROOM: Gradebook = ClassroomGradebook()
