"""Names of a function and what they are bound to."""

import ast
from textwrap import dedent

import pytest

from gradcheck.audit.agent.bindings import (
    Bindings,
    does_nothing,
    get_called_name,
    is_none,
    list_bound_values,
    list_copied,
    list_passed,
    list_values,
    walk_inside,
)


def bind(body):
    return Bindings(ast.parse(dedent(f"def f(x):\n    {body}\n")).body[0])


def parse(text):
    return ast.parse(text, mode="eval").body


@pytest.mark.parametrize(
    ("body", "blank"),
    [
        ("y = None", True),
        ("y = z = 0", True),
        ("y: float = 0.0", True),
        ("y = x", False),
        ("y = None\n    y = x + 1", False),
        ("y = z\n    z = y", True),
        ("y = z.copy()\n    z = y.copy()\n    z = x\n    if x: pass", False),
        ("y = np.zeros(3)\n    y[0] = None", True),
        ("y = np.zeros(3)\n    y[0] = x", False),
        ("y = [None, {'a': 0}]", True),
        ("pass", True),
        ("with x as y: pass", False),
        ("(y := x)", False),
        ("y = None\n    y.append(x)", False),
        ("y = None\n    print(y.shape, y)", True),
    ],
)
def test_a_name_is_blank_where_all_its_values_are(body, blank):
    assert bind(body).is_blank(parse("y")) == blank


def test_a_cache_is_given_where_it_is_made_of_parameters():
    bound = bind("mask = None\n    cache = (x, mask)\n    other = (x, x + 1)\n    a = b\n    b = a")
    assert [bound.is_given(parse(name)) for name in ("cache", "other", "x", "gone", "a")] == [
        True,
        False,
        True,
        False,
        True,
    ]
    assert [len(bound.list_judged(parse(text).elts)) for text in ("(y, cache)", "(y, other)", "(y,)")] == [1, 2, 1]


def test_what_a_method_keeps_is_seen():
    assert (bind("x.y = 1").is_keeping, bind("x.y = None").is_keeping, bind("x['y'] = 1").is_keeping) == (
        True,
        False,
        False,
    )


def test_parts_of_calls():
    assert [ast.unparse(n) for n in list_passed(parse("y.fill(a, b=c)"))] == ["a", "c", "y"]
    assert list_passed(parse("print(a)")) == []
    assert [ast.unparse(list_copied(parse(text))[0]) for text in ("np.squeeze(a)", "a.copy()", "copy(a)")] == ["a"] * 3
    assert (get_called_name(parse("a.b()")), get_called_name(parse("a[0]()"))) == ("b", "")


def test_small_parts():
    function = ast.parse("def f(a):\n    b = a\n    def g(): return 1\n").body[0]
    found = [type(n).__name__ for n in walk_inside(function) if isinstance(n, (ast.Return, ast.FunctionDef))]
    assert found == ["FunctionDef"]
    assert does_nothing(ast.parse("'text'").body[0])
    assert (is_none(parse("None")), is_none(parse("0")), is_none(None)) == (True, False, False)
    assert (len(list_values(parse("(a, b)"))), len(list_values(parse("a"))), list_bound_values(None)) == (2, 1, [])
