"""What no call ran, in words."""

import pytest

from gradcheck.coverage.execution import Execution
from gradcheck.coverage.nested_code import walk_code
from gradcheck.coverage.unreached import LineCount, count_lines, list_unreached_places


def told(function, *calls):
    """What is told of a function after some calls, by the number of the line from its `def` on."""
    execution = Execution(walk_code(function.__code__))
    for arguments in calls:
        with execution.record():
            function(*arguments)
    first = function.__code__.co_firstlineno
    places = list_unreached_places(execution)
    return {int(p.name.rpartition(" ")[2]) - first: p.reason for p in places}, count_lines(execution)


def many_branches(x, flag, kind="a"):
    y = x * 2 if flag else x
    z = 1 if kind == "x" else 2
    # fmt: off
    if x > 4096: y = 0  # noqa: E701
    # fmt: on
    while x > 3 and y:
        x -= 1
    for i in range(3):
        if i == 1:
            continue
        y += i
    if not flag:
        y = 1
    elif x > 77:
        y = 3
        if y:
            y = 5
    else:
        y = 2
    if x is not None:
        y += 1
    try:
        y = y + z
    except ValueError:
        y = 7
    for _ in []:
        y += 2
    return y


def test_conditions_and_lines_are_told_once():
    found, lines = told(many_branches, (5, True), (1, False))
    assert found == {
        2: '`if kind == "x"` was never true',
        4: "`if x > 4096` was never true",
        14: "`if x > 77` was never true",
        20: "`if x is not None` was never false",
        25: "`y = 7` never ran",
        27: "`y += 2` never ran",
    }
    assert lines == LineCount(20, 26)


def test_a_while_that_is_never_entered_is_told():
    def count(n):
        while n > 9:
            n -= 1
        return n

    assert told(count, (3,))[0] == {1: "`while n > 9` was never true"}
    assert told(count, (12,)) == ({}, LineCount(4, 4))


def refuse(x):
    if x < 0:
        raise ValueError(x)
    assert x != 7, x
    if x > 100:
        y = x
        raise OverflowError(y)
    return x


def test_what_refuses_its_inputs_is_left_out():
    assert told(refuse, (1,)) == ({}, LineCount(4, 4))


def choose(kind):
    if kind == "one":
        return 1
    if kind == "two":
        return 2
    raise ValueError(kind)


def test_a_function_that_ends_in_an_exception_is_looked_at():
    assert told(choose, ("one",))[0] == {1: '`if kind == "one"` was never false'}
    assert told(choose, ("one",), ("two",)) == ({3: '`if kind == "two"` was never false'}, LineCount(5, 5))


def double_or_halve(n, x):
    for _ in range(n):
        x = x * 2 if x < 4 else x / 2
        # fmt: off
        if x > 1e9: x = 0  # noqa: E701
        # fmt: on
        if x > 1e9:
            x = 0
        if x > -1:
            x = x + 0
    return x


def test_of_a_long_loop_only_what_lines_show_is_told():
    assert told(double_or_halve, (400, 1.0))[0] == {6: "`if x > 1e9` was never true"}


def test_without_a_call_nothing_is_told():
    assert told(refuse) == ({}, LineCount())


def test_without_source_nothing_is_told():
    names = {}
    exec("def f(x):\n    return 1 if x else 2", names)
    assert told(names["f"], (1,)) == ({}, LineCount())


def test_the_name_is_that_of_the_function():
    def outer():
        def inner(x):
            return 1 if x else 2

        return inner

    execution = Execution([outer().__code__])
    with execution.record():
        outer()(1)
    (place,) = list_unreached_places(execution)
    assert place.name.startswith("inner, line ")
    assert str(place.reason) == "`if x` was never false"


@pytest.mark.parametrize("taken", [True, False])
def test_both_arms_of_an_expression_over_lines_are_told(taken):
    def choose(flag):
        return (
            "one"
            if flag
            else "two"
        )  # fmt: skip

    assert told(choose, (taken,))[0] == {2: f"`if flag` was never {'false' if taken else 'true'}"}
