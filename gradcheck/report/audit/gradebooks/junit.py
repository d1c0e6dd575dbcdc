"""JUnit XML: a suite for each student, a case for each law of each function.

The diagnosis is the text of the failure, since GitLab ignores some attributes.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree

from gradcheck.escaping import cut_text, escape_lines, escape_unprintable
from gradcheck.records.audit import Audit, FunctionState
from gradcheck.report.audit.gradebooks.gradebook import Gradebook
from gradcheck.report.audit.gradebooks.graded_tests import GradedOutcome, GradedTest, list_tests
from gradcheck.report.audit.show import Show

NOT_RUN = frozenset({FunctionState.CRASHED, FunctionState.ENDLESS, FunctionState.UNLOADABLE})
"""States in which what a case reports is an error rather than a failure."""


class JUnitGradebook:
    """The gradebook `junit`: junit.xml."""

    name = "junit"

    def render(self, audit: Audit, show: Show, export: str) -> Mapping[str, str]:
        """Write the suites of all students."""
        root = ElementTree.Element("testsuites", {"name": escape_unprintable(cut_text(audit.assignment))})
        for submission in audit.submissions:
            add_suite(root, submission.student, list_tests(audit, submission, show))
        ElementTree.indent(root, " ")
        return {"junit.xml": ElementTree.tostring(root, "utf-8", xml_declaration=True).decode() + "\n"}


def add_suite(root: ElementTree.Element, student: str, tests: Sequence[GradedTest]) -> None:
    """Add the suite of a student, with its counts."""
    tags = [choose_tag(test) for test in tests]
    count = Counter(tags)
    counts = {"failures": count["failure"], "errors": count["error"], "skipped": count["skipped"]}
    attributes = {"name": escape_unprintable(cut_text(student)), "tests": str(len(tests))}
    suite = ElementTree.SubElement(root, "testsuite", {**attributes, **{name: str(n) for name, n in counts.items()}})
    for test, tag in zip(tests, tags, strict=True):
        names = {"classname": test.function, "name": test.law or test.function}
        case = ElementTree.SubElement(
            suite, "testcase", {name: escape_unprintable(cut_text(t)) for name, t in names.items()}
        )
        if tag:
            told = ElementTree.SubElement(case, tag, {"message": escape_lines(str(test.state)), "type": tag})
            told.text = escape_lines(test.text)


def choose_tag(test: GradedTest) -> str:
    """Choose what stands in a case: failure, error, skipped, or nothing."""
    if test.outcome is GradedOutcome.PASSED:
        return ""
    is_error = test.state in NOT_RUN
    return "error" if is_error else "skipped" if test.outcome is GradedOutcome.SKIPPED else "failure"


JUNIT: Gradebook = JUnitGradebook()
