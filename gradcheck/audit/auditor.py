"""An auditor: the model answers of an assignment, and a sandbox for the submissions."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gradcheck.audit.agent_source import build_agent_source
from gradcheck.audit.assignment import AskedFunction
from gradcheck.audit.audit_settings import AuditSettings
from gradcheck.audit.model_answers import ModelAnswers, load_model_answers
from gradcheck.audit.one_function import AuditPlan, audit_function, make_unrun
from gradcheck.audit.submission import Submission
from gradcheck.records.audit import FunctionResult, FunctionState, SubmissionResult
from gradcheck.sandbox.isolation_record import Isolation
from gradcheck.sandbox.limits import Limits
from gradcheck.sandbox.opening import Sandbox, open_sandbox

WORKER_SHARE = 2
"""How much of the time of a function its worker may compute before it is ended: more than all of it, so that a slow
function whose calls return is judged by the cases that were examined."""
MOST_LOST = 2
"""Functions that ended their workers before they could be called, after which no other of the submission is tried: a
file that never ends when it is imported would cost its time for each."""


@dataclass(frozen=True)
class Auditor:
    """What audits one submission after the other."""

    plan: AuditPlan
    answers: ModelAnswers
    sandbox: Sandbox

    def __enter__(self) -> "Auditor":
        return self

    def __exit__(self, *error: object) -> None:
        self.sandbox.close()

    @property
    def isolation(self) -> Isolation:
        """How the submissions are confined, as it was proved."""
        return self.sandbox.isolation

    @classmethod
    def open(cls, settings: AuditSettings) -> "Auditor":
        """Load the model answers, and start the sandbox.  Raises AssignmentError, TargetError and
        IsolationMissing."""
        assignment = settings.read_assignment()
        plan = AuditPlan(assignment, settings.examples, settings.seed, settings.seconds)
        answers = load_model_answers(assignment)
        limits = Limits(cpu_seconds=math.ceil(WORKER_SHARE * settings.seconds))
        agent = build_agent_source()
        return cls(plan, answers, open_sandbox(settings.minimum, unsafe=settings.unsafe, limits=limits, agent=agent))

    def audit_submission(self, submission: Submission) -> SubmissionResult:
        """Audit one submission; every function that is asked for has its result."""
        asked_for = self.plan.assignment.functions
        notes = [f"{submission.ignored_count} other files were ignored"] if submission.ignored_count else []
        if submission.invalid:
            lost = [make_unrun(asked, FunctionState.UNLOADABLE, submission.invalid) for asked in asked_for]
            return SubmissionResult(submission.name, tuple(lost), submission.invalid, tuple(notes))
        done: dict[str, FunctionResult] = {}
        for asked in asked_for:
            done[asked.name] = make_result_before(asked, done) or audit_function(
                submission, asked, self.answers[asked.name], self.plan, self.sandbox
            )
        return SubmissionResult(submission.name, tuple(done.values()), notes=tuple(notes))


def make_result_before(asked: AskedFunction, done: Mapping[str, FunctionResult]) -> FunctionResult | None:
    """Make the result of a function that is not tried, for what came of others: it needs one, or the submission ends
    its workers before anything is called; None for one that is to be tried."""
    missing = [f"{name} ({done[name].state})" for name in asked.needs if not done[name].state.is_judged]
    if missing:
        return make_unrun(asked, FunctionState.SKIPPED, f"it needs {', '.join(missing)}")
    ended = (FunctionState.ENDLESS, FunctionState.CRASHED)
    lost = [one for one in done.values() if one.state in ended and not one.file and one.result is None]
    if len(lost) < MOST_LOST:
        return None
    return make_unrun(asked, lost[0].state, f"not tried, since {lost[0].name} was {lost[0].state}: {lost[0].reason}")
