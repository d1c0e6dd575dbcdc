"""Rows of submissions with all functions that the assignment asks for, also those of which nothing could be run."""

from dataclasses import replace

from gradcheck.records.audit import Audit, FunctionResult, FunctionState, Mark, SubmissionResult

NOT_EXAMINED = "it was not examined"


def fill_row(audit: Audit, submission: SubmissionResult) -> SubmissionResult:
    """Return the row of a submission with a result for each function of the assignment, in its order; one that is
    missing has no points of those that others could have."""
    known = {function.name: function for function in submission.functions}
    asked = tuple(known.get(name) or make_missing_result(audit, submission, name) for name in audit.functions)
    others = tuple(function for function in submission.functions if function.name not in audit.functions)
    return replace(submission, functions=(*asked, *others))


def make_missing_result(audit: Audit, submission: SubmissionResult, name: str) -> FunctionResult:
    """Make the result of a function that has none: of a submission that could not be run, or that was left out."""
    state = FunctionState.UNLOADABLE if submission.invalid else FunctionState.UNJUDGED
    return FunctionResult(name, state, submission.invalid or NOT_EXAMINED, marks=list_lost_marks(audit, name))


def list_lost_marks(audit: Audit, name: str) -> tuple[Mark, ...]:
    """List the marks of a function as another submission has them, without points."""
    results = (function for row in audit.submissions for function in row.functions if function.name == name)
    marks = next((function.marks for function in results if function.marks), ())
    return tuple(Mark(mark.law, 0.0, mark.out_of) for mark in marks)
