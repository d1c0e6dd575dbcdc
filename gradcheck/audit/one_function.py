"""Audit one function of a submission, in a worker of its own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial
from typing import Any, Protocol

from gradcheck.audit.answers import digest_answers
from gradcheck.audit.assignment import AskedFunction, Assignment
from gradcheck.audit.callers import Caller
from gradcheck.audit.found_function import FoundFunction, find_functions
from gradcheck.audit.marking import concerns_value, counts_against, decide_state, mark_function, stops_forward
from gradcheck.audit.model_answers import ModelAnswer
from gradcheck.audit.remote_session import (
    RemoteObject,
    RemoteSession,
    SubmissionStopped,
    TimeIsUp,
    UnsendableArgument,
    Worker,
)
from gradcheck.audit.submission import Submission
from gradcheck.checking.check import check
from gradcheck.checking.finding_shrinking import shrink_findings
from gradcheck.checking.op_check import OpCheck
from gradcheck.declaration.op import Op
from gradcheck.isolation import silence_warnings
from gradcheck.laws.registry import load_laws
from gradcheck.process_exit import forbid_exit
from gradcheck.records.audit import FunctionResult, FunctionState
from gradcheck.records.results import OpResult
from gradcheck.records.status import FAILING_STATUSES
from gradcheck.sandbox.call_outcome import OutcomeKind

DRAW_SEED = 231
"""What a function that draws at random begins with in every call."""
LENIENT_EXAMPLES = 8
"""Cases in which laws are examined on which no mark depends."""
TRIAL_EXAMPLES = 12
"""Cases by which the convention is chosen that a function follows."""
UNFINISHED_KINDS = {"not-implemented": "it says that it is not implemented", "missing-name": "a name has no value"}
"""Kinds of exceptions of work that is not finished, where each call raises one."""
UNLOADABLE_KINDS = {"python2": "Python 2", "numpy-removed": "removed from NumPy", "missing-module": "no such module"}
"""Kinds of exceptions of code that runs elsewhere, where each call raises one."""

RAISED_STATES = ((UNFINISHED_KINDS, FunctionState.UNFINISHED), (UNLOADABLE_KINDS, FunctionState.UNLOADABLE))


class Fit(IntEnum):
    """How far functions follow a convention: the forward raises, it returns, its value is right, all laws hold."""

    RAISES = 0
    RETURNS = 1
    HAS_VALUE = 2
    HOLDS = 3


class AuditWorker(Worker, Protocol):
    """A worker of the sandbox, with what the submission printed there."""

    @property
    def stdout(self) -> str:
        """What it printed, in lines that are safe to print."""


class WorkerSource(Protocol):
    """What an audit needs of the sandbox."""

    def start_worker(self) -> AbstractContextManager[AuditWorker]:
        """Start a worker, confined and without a submission."""


@dataclass(frozen=True)
class AuditPlan:
    """How all submissions are audited, with the same cases for everybody.  seconds: for each function."""

    assignment: Assignment
    examples: int
    seed: int
    seconds: float

    @property
    def laws(self) -> tuple[str, ...]:
        """The laws that are examined."""
        return tuple(name for name in load_laws() if name not in self.assignment.skip)

    @property
    def deciding_laws(self) -> tuple[str, ...]:
        """Those on which marks depend, and those from whose findings other findings may follow."""
        known, lenient = load_laws(), self.assignment.warn
        return tuple(name for name in self.laws if name not in lenient or known[name].is_structural)


@dataclass(frozen=True)
class FunctionAudit:
    """One function of a submission, and the model answers by which it may be right."""

    asked: AskedFunction
    answers: Sequence[ModelAnswer]
    session: RemoteSession
    plan: AuditPlan

    def run(self) -> FunctionResult:
        """Find the function, choose the convention that it follows, check and mark it."""
        chosen, found = self.choose_answer()
        missing = [one for one in found if not one.is_ready]
        if missing:
            first = missing[0]
            return make_unrun(self.asked, first.unrun_state, first.unrun_reason, first)
        with self.exchange(chosen, found) as op:
            difference = chosen.compare(op)
            examination = OpCheck(op, [load_laws()[name] for name in self.plan.deciding_laws])
            try:
                return self.make_result(chosen, found, self.check_op(op, examination), op, difference)
            except (SubmissionStopped, TimeIsUp) as stop:
                examination.complete, examination.stop_reason = False, str(stop)
                if isinstance(stop, SubmissionStopped):
                    return replace(make_stopped(self.asked, stop, found[-1]), result=examination.result())
                return self.make_result(chosen, found, examination.result(), op, difference)

    def check_op(self, op: Op, examination: OpCheck) -> OpResult:
        """Check an op: by the laws that decide its marks, and where these hold by the others in fewer cases.  Only what
        costs points is shrunk and explained, and not a warning about digits."""
        seed, names = self.plan.seed, self.plan.laws
        decided = check(op, examples=self.plan.examples, seed=seed, shrink=False, examination=examination)
        if any(counts_against(finding, self.plan.assignment.warn) for finding in decided.findings):
            with forbid_exit(), silence_warnings():
                shrink_findings(examination, seed)
            return examination.result()
        others = [name for name in names if name not in self.plan.deciding_laws]
        if not others:
            return decided
        warned = check(op, examples=LENIENT_EXAMPLES, seed=seed, laws=others, shrink=False)
        verdicts = sorted((*decided.verdicts, *warned.verdicts), key=lambda verdict: names.index(verdict.law))
        return replace(decided, verdicts=tuple(verdicts))

    def choose_answer(self) -> tuple[ModelAnswer, tuple[FoundFunction, ...]]:
        """Return the convention that the functions follow best in a short check, the first of equals: so a gradient is
        compared with that of its own value, and a mistake is told of what can be called."""
        tried = [(answer, find_functions(self.session, answer.variant)) for answer in self.answers]
        ready = [(answer, found) for answer, found in tried if all(one.is_ready for one in found)]
        if len(ready) <= 1:
            return ready[0] if ready else tried[0]
        best, chosen = Fit.RAISES, ready[0]
        for row in ready:
            fit = self.try_answer(*row)
            if fit > best:
                best, chosen = fit, row
            if fit is Fit.HOLDS:
                break
        return chosen

    def try_answer(self, answer: ModelAnswer, found: Sequence[FoundFunction]) -> "Fit":
        """Return how far the functions follow a convention, in a short check."""
        with self.exchange(answer, found) as op:
            is_other = bool(answer.compare(op))
            laws = self.plan.deciding_laws
            result = check(op, examples=TRIAL_EXAMPLES, seed=self.plan.seed, laws=laws, shrink=False)
            failing = [finding for finding in result.findings if finding.status in FAILING_STATUSES]
            if any(map(stops_forward, failing)):
                return Fit.RAISES
            if is_other or any(map(concerns_value, failing)):
                return Fit.RETURNS
            return Fit.HAS_VALUE if failing else Fit.HOLDS

    @contextmanager
    def exchange(self, answer: ModelAnswer, found: Sequence[FoundFunction]) -> Iterator[Op]:
        """Let the op of a model answer call the functions that were found."""
        holds = ("last", "") if len(found) > 1 else ("",)
        rows = zip(found, answer.callers, holds, strict=True)
        functions = [self.make_function(one, caller, hold) for one, caller, hold in rows]
        places = ((found[0].file, found[0].line), (found[-1].file, found[-1].line))
        with answer.exchange(functions, places, self.session.announce) as op:
            yield op

    def make_function(self, found: FoundFunction, caller: Caller | None, hold: str) -> Callable[..., Any]:
        """Return a function of the submission as it is called here.  hold: what of its result stays in the worker."""
        if caller is None:
            return RemoteObject(self.session, found.token, hold)
        token = self.session.request("define", text=caller.text, name=caller.name)
        return partial(RemoteObject(self.session, token, hold), RemoteObject(self.session, found.token))

    def make_result(
        self, chosen: ModelAnswer, found: Sequence[FoundFunction], result: OpResult, op: Op, difference: str
    ) -> FunctionResult:
        """Make the result of a function that was checked.  difference: between it and the model, as of
        `ModelAnswer.compare`."""
        warn, last = self.plan.assignment.warn, found[-1]
        state = FunctionState.WRONG if difference else decide_state(result, warn)
        if state is FunctionState.WRONG and (told := self.explain_unfinished()):
            return make_unrun(self.asked, *told, last)
        late = "" if result.complete else f"{self.plan.seconds:g} s were over before all cases were examined"
        return FunctionResult(
            self.asked.name,
            state,
            difference or late,
            chosen.variant.name,
            mark_function(state, self.asked.points, result, warn, bool(difference)),
            result,
            last.file,
            last.line,
            digest_answers(op, self.plan.seed) if state is FunctionState.WRONG and result.complete else "",
        )

    def explain_unfinished(self) -> tuple[FunctionState, str] | None:
        """Return what becomes of a function that never returned, where that is no mistake but missing work, or code for
        another Python or NumPy; None otherwise."""
        for token, failures in self.session.failures.items():
            kinds, failure = {one.kind for one in failures}, failures[0]
            if self.session.returned[token] or len(kinds) > 1:
                continue
            where = f"{failure.file}, line {failure.line}: " if failure.file else ""
            for known, state in RAISED_STATES:
                if failure.kind in known:
                    return state, f"{where}{known[failure.kind]}: {failure.hint or failure.message}"
        return None


def audit_function(
    submission: Submission, asked: AskedFunction, answers: Sequence[ModelAnswer], plan: AuditPlan, sandbox: WorkerSource
) -> FunctionResult:
    """Audit one function in a worker of its own.  answers: the model answers of its row."""
    with sandbox.start_worker() as worker:
        session = RemoteSession(worker, DRAW_SEED if asked.random else None, plan.seconds)
        try:
            session.request("load", files=dict(submission.files))
            result = FunctionAudit(asked, answers, session, plan).run()
        except SubmissionStopped as stop:
            result = make_stopped(asked, stop, FoundFunction(asked.name))
        except TimeIsUp as stop:
            result = make_unrun(asked, FunctionState.UNJUDGED, str(stop))
        except UnsendableArgument as fault:
            result = make_unrun(asked, FunctionState.UNJUDGED, f"the model answer cannot be run beside it: {fault}")
        return replace(result, output=worker.stdout)


def make_stopped(asked: AskedFunction, stop: SubmissionStopped, found: FoundFunction) -> FunctionResult:
    """Make the result of a function whose worker ended."""
    is_endless = stop.outcome.kind is OutcomeKind.TIMEOUT
    state = FunctionState.ENDLESS if is_endless else FunctionState.CRASHED
    return make_unrun(asked, state, stop.outcome.message, found)


def make_unrun(
    asked: AskedFunction, state: FunctionState, reason: str, found: FoundFunction | None = None
) -> FunctionResult:
    """Make the result of a function that has no points, since it was not checked to the end."""
    marks = mark_function(state, asked.points)
    file, line = (found.file, found.line) if found else ("", 0)
    return FunctionResult(asked.name, state, reason, marks=marks, file=file, line=line)
