"""Audit one submission: find each function that is asked for, check it in a worker of its own, and mark it."""

from gradcheck.audit.model_answers import ModelAnswers
from gradcheck.audit.one_function import AuditPlan, Sandbox, audit_function, make_unrun
from gradcheck.audit.submission import Submission
from gradcheck.records.audit import FunctionResult, FunctionState, SubmissionResult


def audit_submission(
    submission: Submission, plan: AuditPlan, answers: ModelAnswers, sandbox: Sandbox
) -> SubmissionResult:
    """Audit one submission; every function that is asked for has its result."""
    notes = [f"{submission.ignored_count} other files were ignored"] if submission.ignored_count else []
    if submission.invalid:
        lost = [make_unrun(asked, FunctionState.UNLOADABLE, submission.invalid) for asked in plan.assignment.functions]
        return SubmissionResult(submission.name, tuple(lost), submission.invalid, tuple(notes))
    done: dict[str, FunctionResult] = {}
    for asked in plan.assignment.functions:
        missing = [name for name in asked.needs if not done[name].state.is_judged]
        if missing:
            done[asked.name] = make_unrun(asked, FunctionState.SKIPPED, f"it needs {', '.join(missing)}")
        else:
            done[asked.name] = audit_function(submission, asked, answers[asked.name], plan, sandbox)
    return SubmissionResult(submission.name, tuple(done.values()), notes=tuple(notes))
