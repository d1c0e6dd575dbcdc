"""What an autograder of Autolab prints: how the tests went, and the scores as JSON in the last line.

Source: Autolab docs, lab.md and formatted-feedback.md.
"""

import json
from collections.abc import Mapping
from typing import Any

from gradcheck.escaping import cut_text, escape_lines
from gradcheck.records.audit import Audit, SubmissionResult
from gradcheck.report.audit.file_names import name_student_file
from gradcheck.report.audit.gradebooks.gradebook import Gradebook
from gradcheck.report.audit.gradebooks.graded_tests import GradedOutcome, GradedTest, list_tests
from gradcheck.report.audit.show import Show
from gradcheck.report.audit.whole_rows import fill_row

WHOLE_FUNCTION = "function"
"""The name of the test of a function without laws."""


class AutolabGradebook:
    """The gradebook `autolab`: autolab.txt of one submission, autolab/NAME.txt of several.  A problem is a function."""

    name = "autolab"

    def render(self, audit: Audit, show: Show, export: str) -> Mapping[str, str]:
        """Write what is to be printed of each submission."""
        rows = audit.submissions
        names = ["autolab"] if len(rows) == 1 else [f"autolab/{name_student_file(row.student)}" for row in rows]
        return {f"{name}.txt": write_autolab_lines(audit, row, show) for name, row in zip(names, rows, strict=True)}


def write_autolab_lines(audit: Audit, submission: SubmissionResult, show: Show) -> str:
    """Write the feedback by stages, then the scores."""
    row = fill_row(audit, submission)
    scores = {cut_text(function.name): function.points for function in row.functions}
    stages: dict[str, dict[str, Any]] = {name: {} for name in scores}
    for test in list_tests(audit, submission, show):
        stages[cut_text(test.function)][test.law or WHOLE_FUNCTION] = build_autolab_case(test)
    feedback = {"_presentation": "semantic", "stages": list(stages), **stages}
    lines = (feedback, {"scores": scores, "scoreboard": [row.points]})
    return "".join(f"{json.dumps(line, allow_nan=False)}\n" for line in lines)


def build_autolab_case(test: GradedTest) -> dict[str, Any]:
    """Build one case of a stage."""
    passed = test.outcome is GradedOutcome.PASSED
    return {"passed": passed} if passed or not test.text else {"passed": passed, "hint": escape_lines(test.text)}


AUTOLAB: Gradebook = AutolabGradebook()
