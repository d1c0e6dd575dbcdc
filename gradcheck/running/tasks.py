"""The tasks of a worker: list the ops of a target, check one op, replay a case.

A task and the answers to it travel between processes: a task is made by the process that supervises, and an answer is
plain JSON, so that nothing of the code under test is loaded there.
"""

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Protocol

from gradcheck.adapters.inference import CrashedTrialError
from gradcheck.checking.vector_cases import find_vectors
from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError
from gradcheck.discovery.found_ops import TargetContents
from gradcheck.discovery.solutions import use_solution
from gradcheck.discovery.target_errors import ImportFailure, TargetError
from gradcheck.laws.registry import validate_exceptions
from gradcheck.records.codec import encode_record
from gradcheck.running.listed_op import ListedOp
from gradcheck.running.located_op import LocatedOp
from gradcheck.running.one_op import check_one_op
from gradcheck.running.plan import Plan
from gradcheck.running.progress import ProgressCallback
from gradcheck.running.time_limit import Phase, TimeAllowance

MAX_TRACEBACK_LENGTH = 20_000
"""Characters of a traceback that an answer holds."""

Answer = Mapping[str, Any]
"""JSON data; "error" is a message for the user in place of an answer."""


class Channel(Protocol):
    """What a task needs of its worker."""

    def begin_phase(self, phase: Phase) -> None:
        """Tell the supervisor that a part of the task begins."""

    def report_cases(self, done: int) -> None:
        """Tell the supervisor how many cases are done."""

    def report_finding(self, claim: str) -> None:
        """Tell the supervisor the first finding."""

    def accept_interrupts(self) -> AbstractContextManager[None]:
        """Let Ctrl-C stop the code within."""


class Task(Protocol):
    """Something for a worker to do."""

    @property
    def timeout(self) -> float | None:
        """Seconds for all of it, None for the limits of its phases."""

    def run(self, channel: Channel) -> Answer:
        """Do it.  Raises OpTimeout and KeyboardInterrupt where it is stopped."""


@dataclass(frozen=True)
class ListTask:
    """List the ops of one target, which is no folder."""

    target: str
    timeout: float | None = None

    def run(self, channel: Channel) -> Answer:
        """Answer with the ops, and with what else is there; or with an error, and whether the import raised it."""
        allowance = TimeAllowance(self.timeout)
        channel.begin_phase(Phase.IMPORT)
        try:
            with allowance.limit_phase(Phase.IMPORT), channel.accept_interrupts():
                contents = load_contents(self.target)
        except TargetError as error:
            trace = "".join(traceback.format_exception(error))[-MAX_TRACEBACK_LENGTH:]
            return {"error": str(error), "while_imported": isinstance(error, ImportFailure), "traceback": trace}
        ops = [
            ListedOp(found.name, self.target, self.target, found.family, *found.location, found.axes)
            for found in contents.ops
        ]
        return {"ops": encode_record(ops), "not_checked": encode_record(contents.not_checked)}


@dataclass(frozen=True)
class CheckTask:
    """Check one op as a plan says."""

    listed: ListedOp
    plan: Plan

    @property
    def timeout(self) -> float | None:
        """Seconds for all of it."""
        return self.plan.timeout

    def run(self, channel: Channel) -> Answer:
        """Answer with the result, and whether Ctrl-C stopped the check, or with the reason why no op can be made.
        Raises OpTimeout and KeyboardInterrupt where it is stopped before the check begins."""
        allowance = TimeAllowance(self.timeout)
        try:
            located = self.locate_op(channel, allowance)
        except (TargetError, DeclarationError) as error:
            if isinstance(error.__cause__, CrashedTrialError):
                return {"crashed": str(error)}
            return {"refused": str(error)}
        channel.begin_phase(Phase.CHECK)

        @contextmanager
        def limit() -> Iterator[None]:
            with allowance.limit_phase(Phase.CHECK), channel.accept_interrupts():
                yield

        step: ProgressCallback = lambda op, done: channel.report_cases(done or 0)  # noqa: E731
        result, interrupted = check_one_op(self.plan, located, step, limit, channel.report_finding)
        return {"result": encode_record(result), "interrupted": interrupted}

    def locate_op(self, channel: Channel, allowance: TimeAllowance) -> LocatedOp:
        """Import the target, and make the op, which may try shapes.  Raises TargetError, DeclarationError, OpTimeout
        and KeyboardInterrupt."""
        if not self.listed.source:
            op = load_library_op(self.listed.name)
            find_vectors(op)
            return LocatedOp(op, "")
        channel.begin_phase(Phase.IMPORT)
        with allowance.limit_phase(Phase.IMPORT), channel.accept_interrupts():
            contents = load_contents(self.listed.source)
        channel.begin_phase(Phase.TRIAL)
        with allowance.limit_phase(Phase.TRIAL), channel.accept_interrupts():
            op = make_op(contents, self.listed.name)
            op = use_solution(op, self.plan.solution) if self.plan.solution else op
            op = replace(op, same_as=self.plan.same_as) if self.plan.same_as else op
        validate_exceptions(op)
        find_vectors(op)
        return LocatedOp(op, self.listed.target, contents.make_context)


@cache
def load_contents(target: str) -> TargetContents:
    """Import a target and list its ops, once in a process."""
    from gradcheck.discovery.targets import list_target_contents

    return list_target_contents(target)


def make_op(contents: TargetContents, name: str) -> Op:
    """Make an op of a target.  Raises TargetError where that fails, or where the target has it no more."""
    make: Callable[[], Op] | None = next((found.make for found in contents.ops if found.name == name), None)
    if make is None:
        raise TargetError(f"{name} was in its file when that was imported first, and not when it was imported again")
    with contents.make_context():
        return make()


def load_library_op(name: str) -> Op:
    """Return an op of the library."""
    from gradcheck.discovery.library import load_library_ops

    return next(op for op in load_library_ops() if op.name == name)
