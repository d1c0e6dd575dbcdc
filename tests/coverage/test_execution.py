"""Which instructions of a code run in a call."""

import sys

import pytest

from gradcheck.coverage.execution import MOST_INSTRUCTIONS, Execution


def branch(x):
    y = 1 if x > 3 else 2
    return y


def loop(n):
    total = 0
    for i in range(n):
        total += i
    done = total
    return done


def record(execution, function, *arguments):
    with execution.record():
        return function(*arguments)


def test_what_runs_only_grows():
    execution = Execution([branch.__code__])
    amounts = []
    for x in (1, 1, 5, 5):
        record(execution, branch, x)
        amounts.append(execution.amount)
    assert amounts[0] == amounts[1] < amounts[2] == amounts[3]


def test_both_sides_of_an_expression_are_told_apart():
    execution = Execution([branch.__code__])
    record(execution, branch, 1)
    one = set(execution.runs[branch.__code__].branches)
    record(execution, branch, 5)
    assert set() < one < execution.runs[branch.__code__].branches


def test_of_a_long_loop_lines_are_told():
    execution = Execution([loop.__code__])
    record(execution, loop, MOST_INSTRUCTIONS)
    run = execution.runs[loop.__code__]
    assert run.is_cut
    assert loop.__code__.co_firstlineno + 4 in run.lines


def test_other_code_is_not_watched():
    execution = Execution([branch.__code__])
    record(execution, loop, 3)
    assert execution.amount == 0


@pytest.mark.skipif(hasattr(sys, "monitoring"), reason="Python has sys.monitoring, and needs no trace function")
def test_a_trace_function_is_put_back():
    def trace(frame, event, argument):
        return None

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        record(Execution([branch.__code__]), branch, 1)
        assert sys.gettrace() is trace
    finally:
        sys.settrace(before)


def test_an_exception_ends_the_record():
    before, execution = sys.gettrace(), Execution([branch.__code__])
    with pytest.raises(TypeError):
        record(execution, branch, None)
    assert sys.gettrace() is before
    assert execution.amount > 0


@pytest.mark.skipif(not hasattr(sys, "monitoring"), reason="Python has no sys.monitoring")
def test_where_all_numbers_of_tools_are_taken_nothing_is_known():
    free = [number for number in range(6) if sys.monitoring.get_tool(number) is None]
    for number in free:
        sys.monitoring.use_tool_id(number, "other")
    try:
        execution = Execution([branch.__code__])
        assert record(execution, branch, 1) == 2
        assert execution.amount == 0
    finally:
        for number in free:
            sys.monitoring.free_tool_id(number)
