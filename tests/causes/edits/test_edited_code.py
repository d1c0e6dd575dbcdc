import ast

import pytest

from gradcheck.causes.edits.edited_code import (
    NotEditable,
    find_path,
    key_codes,
    list_functions_of,
    make_unit,
    preserve_globals,
    replace_statement,
)
from gradcheck.causes.edits.source_file import read_source_file
from tests.causes.edits import wrong_code

SOURCE = read_source_file(wrong_code.__file__)


def build(function):
    """The unit of a function, and its definition."""
    path = find_path(SOURCE.tree, function.__code__)
    return make_unit(SOURCE, path, function.__code__, list_functions_of({SOURCE.name})), path[-1]


METHOD = wrong_code.Layer.backward
INNER = wrong_code.make_swish()[1]


@pytest.mark.parametrize("function", [wrong_code.affine_backward, METHOD, INNER], ids=["function", "method", "inner"])
def test_a_unit_finds_the_functions_that_run_its_code(function):
    unit, definition = build(function)
    assert function in [f for f, _ in unit.functions]
    assert definition.name == function.__name__


def test_a_function_runs_an_edited_statement_inside_only():
    unit, definition = build(wrong_code.far_backward)
    statement = ast.parse("return dy * y").body[0]
    ast.increment_lineno(statement, definition.lineno)
    with replace_statement(definition.body, definition.body[0], [statement]):
        codes = unit.compile()
    with unit.put_in_place(codes):
        assert wrong_code.far_backward(2.0, 3.0) == 6.0
    assert wrong_code.far_backward(2.0, 3.0) != 6.0


def test_code_that_lacks_a_function_is_refused_and_nothing_left():
    unit, _ = build(wrong_code.far_backward)
    before = wrong_code.far_backward.__code__
    with pytest.raises(ValueError, match="removes"), unit.put_in_place({}):
        pass
    assert wrong_code.far_backward.__code__ is before


def test_code_that_is_not_what_the_source_says_is_not_edited():
    names = {}
    exec(compile("\n" * 20 + "def affine_backward(dout, cache):\n    return 1", SOURCE.name, "exec"), names)
    with pytest.raises(NotEditable):
        build(names["affine_backward"])


def test_codes_of_one_name_and_line_are_numbered():
    module = compile("f, g = lambda x: x, lambda y: y", "two.py", "exec")
    assert [key for key in key_codes(module) if key[0] == "<lambda>"] == [("<lambda>", 1, 0), ("<lambda>", 1, 1)]


def test_globals_are_put_back():
    names = {"table": {"a": 1}, "row": [1], "some": {1}, "number": 1, "__builtins__": {}}
    exec("def f(): pass", names)
    table = names["table"]
    with preserve_globals([names["f"]]):
        names["table"]["b"], names["row"], names["number"] = 2, [], 5
        names["some"].add(3)
    assert (names["table"], names["row"], names["some"], names["number"]) == ({"a": 1}, [1], {1}, 1)
    assert names["table"] is table
