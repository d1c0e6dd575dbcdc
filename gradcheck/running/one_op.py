"""Check one op as a plan says: its failing cases, then drawn ones.  A time limit or Ctrl-C keeps what was found."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gradcheck.declaration.op import Op
from gradcheck.declaration.shape import DeclarationError
from gradcheck.extensions import ExtensionError
from gradcheck.process_exit import forbid_exit
from gradcheck.records import failing_cases
from gradcheck.records.case import Case
from gradcheck.records.results import OpResult
from gradcheck.running.crashed_op import make_unexamined_result
from gradcheck.running.first_finding import ClaimCallback, FirstFinding
from gradcheck.running.internal_error import make_internal_error_result
from gradcheck.running.located_op import LocatedOp
from gradcheck.running.plan import Plan
from gradcheck.running.printed_warnings import print_warnings
from gradcheck.running.progress import ProgressCallback
from gradcheck.running.time_limit import OpTimeout, Phase, TimeAllowance

if TYPE_CHECKING:
    from gradcheck.checking.op_check import OpCheck


def check_one_op(
    plan: Plan,
    located: LocatedOp,
    step: ProgressCallback,
    limit: Callable[[], AbstractContextManager[None]] | None = None,
    tell: ClaimCallback = lambda claim: None,
) -> tuple[OpResult, bool]:
    """Check one op and save its failing cases.

    limit: makes the context within which the time or Ctrl-C may stop the check; by default the time of the plan does.
    tell: called with the first finding as soon as it is there.
    Returns the result, partial where the check was stopped, and whether Ctrl-C stopped it.
    """
    declaration = failing_cases.describe_declaration(located.op)
    with print_warnings(failing_cases.FailingCaseWarning):
        cases = failing_cases.load_cases_of_op(located.op.name, located.target, plan.folder, declaration)
    limit = limit or partial(TimeAllowance(plan.timeout).limit_phase, Phase.CHECK)
    result, interrupted = check_in_preserved_state(plan, located, cases, step, limit, tell)
    with print_warnings(failing_cases.FailingCaseWarning):
        for finding in result.findings:
            failing_cases.save_failing_case(finding, located.target, plan.folder, declaration)
    return replace(result, target=located.target), interrupted


def check_in_preserved_state(
    plan: Plan,
    located: LocatedOp,
    cases: Sequence[Case],
    step: ProgressCallback,
    limit: Callable[[], AbstractContextManager[None]],
    tell: ClaimCallback,
) -> tuple[OpResult, bool]:
    """Check an op, and put back what its code changes in the process.  What gradcheck itself raises is a crash of the
    op; Raises DeclarationError and ExtensionError."""
    from gradcheck.checking.replaced_names import add_replacement_finding
    from gradcheck.evaluation.process_state import preserve_process_state

    replaced: list[str] = []
    try:
        with preserve_process_state() as replaced, located.make_context():
            result, interrupted = check_until_stopped(plan, located, cases, step, limit, tell)
    except (DeclarationError, ExtensionError):
        raise
    except Exception as error:
        return make_internal_error_result(plan.laws, located, error, replaced), False
    return add_replacement_finding(result, replaced), interrupted


def check_until_stopped(
    plan: Plan,
    located: LocatedOp,
    cases: Sequence[Case],
    step: ProgressCallback,
    limit: Callable[[], AbstractContextManager[None]],
    tell: ClaimCallback,
) -> tuple[OpResult, bool]:
    """Check an op until it is done, its time is over or Ctrl-C is pressed.  Returns the result, and whether Ctrl-C
    stopped it."""
    op_check: OpCheck | None = None
    step(located.op.name, 0)
    try:
        with limit(), forbid_exit():
            op_check = begin_check(plan, located.op)
            return check_and_measure(plan, located.op, cases, op_check, step, tell), False
    except (OpTimeout, KeyboardInterrupt) as stop:
        interrupted = isinstance(stop, KeyboardInterrupt)
        reason = "interrupted" if interrupted else str(stop)
        if op_check is None:
            return make_unexamined_result(plan.laws, located.listed, reason, complete=False), interrupted
        op_check.complete, op_check.stop_reason = False, reason
        return op_check.result(), interrupted


def begin_check(plan: Plan, op: Op) -> "OpCheck":
    """Begin the check of an op, which tries its reference."""
    from gradcheck.checking.op_check import OpCheck
    from gradcheck.laws.registry import load_laws
    from gradcheck.oracles.xla import enable_compilation_cache

    if plan.arbitrate_all:
        enable_compilation_cache(plan.folder / "xla")
    return OpCheck(op, [load_laws()[name] for name in plan.laws], arbitrate_all=plan.arbitrate_all)


def check_and_measure(
    plan: Plan, op: Op, cases: Sequence[Case], op_check: "OpCheck", step: ProgressCallback, tell: ClaimCallback
) -> OpResult:
    """Check an op to the end, and measure the gradient's errors on the pinned cases where the plan says so."""
    from gradcheck.checking.check import check
    from gradcheck.checking.pinned_errors import digest_pinned_cases, measure_gradient_errors

    first = FirstFinding(op_check, tell)

    def report_cases(done: int) -> None:
        step(op.name, done)
        first.look()

    result = check(
        op,
        examples=plan.examples,
        seed=plan.seed,
        laws=plan.laws,
        largest=plan.largest,
        kept=cases,
        step=report_cases,
        examination=op_check,
    )
    if not plan.measure:
        return result
    return replace(result, measured=measure_gradient_errors(op_check.op), corpus=digest_pinned_cases(op_check.op))
