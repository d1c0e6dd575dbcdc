"""JUnit XML: a suite for each student, a case for each law of each function.

The diagnosis is the text of the failure, since GitLab ignores some attributes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from gradcheck.records.audit import Audit, FunctionState
from gradcheck.report.audit.gradebooks.gradebook import Gradebook
from gradcheck.report.audit.gradebooks.graded_tests import GradedOutcome, GradedTest, list_tests
from gradcheck.report.audit.show import Show
from gradcheck.report.junit_suites import JUnitCase, JUnitSuite, render_suites

NOT_RUN = frozenset({FunctionState.CRASHED, FunctionState.ENDLESS, FunctionState.UNLOADABLE})
"""States in which what a case reports is an error rather than a failure."""


class JUnitGradebook:
    """The gradebook `junit`: junit.xml."""

    name = "junit"

    def render(self, audit: Audit, show: Show, export: str) -> Mapping[str, str]:
        """Write the suites of all students."""
        suites = (make_suite(one.student, list_tests(audit, one, show)) for one in audit.submissions)
        return {"junit.xml": render_suites(audit.assignment, suites)}


def make_suite(student: str, tests: Sequence[GradedTest]) -> JUnitSuite:
    """Make the suite of a student."""
    return JUnitSuite(student, tuple(map(make_case, tests)))


def make_case(test: GradedTest) -> JUnitCase:
    """Make the case of a test; one that passed has no text."""
    case, tag = JUnitCase(test.law or test.function, group=test.function), choose_tag(test)
    return replace(case, tag=tag, kind=tag, message=str(test.state), text=test.text) if tag else case


def choose_tag(test: GradedTest) -> str:
    """Choose what stands in a case: failure, error, skipped, or nothing."""
    if test.outcome is GradedOutcome.PASSED:
        return ""
    is_error = test.state in NOT_RUN
    return "error" if is_error else "skipped" if test.outcome is GradedOutcome.SKIPPED else "failure"


JUNIT: Gradebook = JUnitGradebook()
