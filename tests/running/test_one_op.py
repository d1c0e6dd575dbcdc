"""One op checked as a plan says, and what stays of it where it is stopped."""

import signal
from contextlib import contextmanager
from dataclasses import replace

import pytest

from gradcheck.declaration.inputs import Array
from gradcheck.declaration.op import Op
from gradcheck.records.failing_cases import load_failing_case
from gradcheck.records.status import Status
from gradcheck.running.located_op import LocatedOp
from gradcheck.running.one_op import check_one_op
from gradcheck.running.plan import Plan

SQUARE = Op("square", lambda x: (x * x, x), lambda dy, x: 2 * x * dy, lambda x: x * x, inputs={"x": Array("N")})
WRONG = replace(SQUARE, name="wrong", backward=lambda dy, x: 3 * x * dy)


@pytest.fixture
def plan(tmp_path):
    """Four cases, and a folder for those that fail."""
    return Plan(("ops.py",), ("contract", "gradient"), 4, 0, folder=tmp_path / "kept")


def ignore_progress(op, done):
    """Tell nobody."""


def test_a_right_op_passes_and_keeps_nothing(plan):
    told = []
    result, interrupted = check_one_op(plan, LocatedOp(SQUARE, "ops.py"), lambda op, done: told.append(done))
    assert (result.status, result.target, result.cases, interrupted) == (Status.PASSED, "ops.py", 4, False)
    assert told == [0, 1, 2, 3, 4]
    assert not plan.folder.exists()


def test_a_failing_case_is_kept_and_tried_first_the_next_time(plan):
    located = LocatedOp(WRONG, "ops.py")
    check_one_op(plan, located, ignore_progress)
    (file,) = plan.folder.glob("*.json")
    kept = load_failing_case(file)
    assert (kept.target, kept.law, kept.case.op) == ("ops.py", "gradient", "wrong")
    result, _ = check_one_op(replace(plan, examples=1), located, ignore_progress)
    assert result.status is Status.FAILED
    assert result.findings[0].case.size <= kept.case.size


def test_the_first_finding_is_told_while_the_check_goes_on(plan):
    told = []
    steps = lambda op, done: told.append(done)  # noqa: E731
    check_one_op(plan, LocatedOp(WRONG, "ops.py"), steps, tell=told.append)
    assert [one for one in told if isinstance(one, int)] == [0, 1, 2, 3, 4]
    (claim,) = (one for one in told if isinstance(one, str))
    assert claim.startswith("wrong: gradient of x is ")
    assert told[-1] == 4


def test_errors_are_measured_where_the_plan_says_so(plan):
    result, _ = check_one_op(replace(plan, measure=True), LocatedOp(SQUARE, ""), ignore_progress)
    assert result.corpus
    assert {key.witness for key in result.measured} >= {"autodiff", "differences"}
    assert check_one_op(plan, LocatedOp(SQUARE, ""), ignore_progress)[0].corpus == ""


def stop_after(calls, stop):
    """An op that stops in one of its calls."""
    seen = []

    def forward(x):
        seen.append(x)
        if len(seen) > calls:
            stop()
        return x * x, x

    return LocatedOp(replace(SQUARE, forward=forward), "")


def test_ctrl_c_keeps_what_was_found(plan):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored in the background
    located = stop_after(60, lambda: signal.raise_signal(signal.SIGINT))
    try:
        result, interrupted = check_one_op(replace(plan, examples=40), located, ignore_progress)
    finally:
        signal.signal(signal.SIGINT, before)
    assert interrupted
    assert (result.complete, result.verdict("contract").reason) == (False, "interrupted")


def test_a_keyboard_interrupt_that_the_code_raises_itself_is_a_crash_of_the_op(plan):
    def interrupt():
        raise KeyboardInterrupt

    result, interrupted = check_one_op(plan, stop_after(0, interrupt), ignore_progress)
    assert not interrupted
    assert (result.complete, result.status) == (True, "crashed")
    assert result.findings[0].claim == "forward raised KeyboardInterrupt"


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="the system has no SIGALRM")
def test_a_time_limit_keeps_what_was_found(plan):
    located = stop_after(60, lambda: signal.raise_signal(signal.SIGALRM))
    result, interrupted = check_one_op(replace(plan, examples=40, timeout=1000.0), located, ignore_progress)
    assert not interrupted
    assert (result.complete, result.verdict("contract").reason) == (False, "stopped after 1000 seconds")


def test_the_op_runs_within_its_contexts(plan):
    entered = []

    @contextmanager
    def enter(name):
        entered.append(name)
        yield
        entered.append(f"{name} left")

    located = LocatedOp(SQUARE, "", lambda: enter("folder"))
    check_one_op(plan, located, ignore_progress, lambda: enter("interruptible"))
    assert entered == ["folder", "interruptible", "interruptible left", "folder left"]
