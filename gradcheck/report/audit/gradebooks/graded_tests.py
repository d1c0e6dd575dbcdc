"""A submission as a list of tests, one for each function and law, as graders show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from gradcheck.escaping import cut_text
from gradcheck.records.audit import Audit, FunctionResult, FunctionState, Mark, SubmissionResult
from gradcheck.records.status import FAILING_STATUSES
from gradcheck.report.audit.function_section import FunctionSection, build_section
from gradcheck.report.audit.show import Show
from gradcheck.report.audit.whole_rows import fill_row
from gradcheck.report.text import render_text_block, wrap_indented

ENDED_STATES = (FunctionState.CRASHED, FunctionState.ENDLESS)


class GradedOutcome(StrEnum):
    """What became of a test.  SKIPPED: it was not run, since what it needs is missing; it has no points."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class GradedTest:
    """One law of one function.  law: "" where no law was asked.  text: what the student is told, "" for nothing."""

    function: str
    law: str
    state: FunctionState
    outcome: GradedOutcome
    points: float
    out_of: float
    text: str
    file: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        """A name that is its own in a submission: affine: gradient."""
        return f"{self.function}: {self.law}" if self.law else self.function


def list_tests(audit: Audit, submission: SubmissionResult, show: Show) -> list[GradedTest]:
    """List the tests of a submission, in the order of the assignment, with what students are shown of them."""
    functions = fill_row(audit, submission).functions
    return [test for function in functions for test in list_function_tests(function, show)]


def list_function_tests(function: FunctionResult, show: Show) -> Iterator[GradedTest]:
    """List the tests of a function: one for each mark, one for all of a function without marks."""
    section = build_section(function, show)
    file, line = (function.file, function.line) if show is not Show.NONE else ("", 0)
    for mark in function.marks or (Mark("", 0.0, 0.0, "passed" if function.state.is_right else ""),):
        outcome = judge_mark(function, mark)
        text = "" if outcome is GradedOutcome.PASSED else "\n".join(list_test_lines(section, mark.law))
        parts = function.name, mark.law, function.state, outcome, mark.points, mark.out_of
        yield GradedTest(*parts, text, file, line)


def judge_mark(function: FunctionResult, mark: Mark) -> GradedOutcome:
    """Judge one law: it passes with all its points, unless it failed; it is skipped where it was not examined, unless
    the function ended the examination, or is wrong as a whole."""
    if not mark.status:
        ended = function.state in ENDED_STATES or (function.state is FunctionState.WRONG and not mark.law)
        return GradedOutcome.FAILED if ended else GradedOutcome.SKIPPED
    has_all = mark.points >= mark.out_of and mark.status not in FAILING_STATUSES
    return GradedOutcome.PASSED if has_all else GradedOutcome.FAILED


def list_test_lines(section: FunctionSection, law: str) -> Iterator[str]:
    """List what a test says: the state, why, and what its law found."""
    yield cut_text(f"{section.name}: {section.state}")
    if section.reason:
        yield from wrap_indented(section.reason)
    for found in section.found:
        if not law or found.law == law:
            yield from render_text_block(found.block)
