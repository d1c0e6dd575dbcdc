"""Gradescope's results.json: a test for each law of each function.

Source: gradescope-utils, json_test_runner.py; the autograder specification.
"""

import json
from collections.abc import Mapping
from typing import Any

from gradcheck.escaping import cut_text, escape_lines, escape_unprintable
from gradcheck.records.audit import Audit, SubmissionResult
from gradcheck.report.audit.answer import count_states
from gradcheck.report.audit.file_names import name_student_file
from gradcheck.report.audit.gradebooks.gradebook import Gradebook
from gradcheck.report.audit.gradebooks.graded_tests import GradedOutcome, GradedTest, list_tests
from gradcheck.report.audit.show import Show
from gradcheck.report.audit.whole_rows import fill_row


class GradescopeGradebook:
    """The gradebook `gradescope`: results.json of one submission, gradescope/NAME.json of several."""

    name = "gradescope"

    def render(self, audit: Audit, show: Show, export: str) -> Mapping[str, str]:
        """Write the results of each submission."""
        rows = audit.submissions
        names = ["results"] if len(rows) == 1 else [f"gradescope/{name_student_file(row.student)}" for row in rows]
        return {
            f"{name}.json": json.dumps(build_gradescope_results(audit, row, show), indent=1, allow_nan=False) + "\n"
            for name, row in zip(names, rows, strict=True)
        }


def build_gradescope_results(audit: Audit, submission: SubmissionResult, show: Show) -> dict[str, Any]:
    """Build the results of one submission."""
    row = fill_row(audit, submission)
    broken = f"\nNothing of it could be run: {cut_text(row.invalid)}" if row.invalid else ""
    return {
        "score": row.points,
        "output": escape_lines(f"{count_states(row.functions)}.{broken}"),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [build_gradescope_test(i, test) for i, test in enumerate(list_tests(audit, submission, show), 1)],
    }


def build_gradescope_test(number: int, test: GradedTest) -> dict[str, Any]:
    """Build one test."""
    return {
        "score": test.points,
        "max_score": test.out_of,
        "status": "passed" if test.outcome is GradedOutcome.PASSED else "failed",
        "name": escape_unprintable(cut_text(test.name)),
        "number": str(number),
        "output": escape_lines(test.text),
        "visibility": "visible",
    }


GRADESCOPE: Gradebook = GradescopeGradebook()
