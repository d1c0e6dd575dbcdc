import ast

import pytest

from gradcheck.causes.edits.source_file import (
    list_header_lines,
    list_statements,
    parse_source_file,
    parse_statement,
    read_source_file,
)

TEXT = """def f(x):
    if x:
        y = (x +
             1)
    elif not x:
        y = "é" + 2
    for i in range(3):  # why
        y += i
    return y
"""
SOURCE = parse_source_file("f.py", TEXT)
STATEMENTS = [statement for _, statement in list_statements(SOURCE.tree.body[0])]


def test_statements_come_in_order_with_those_inside():
    assert [type(s).__name__ for s in STATEMENTS] == ["If", "Assign", "If", "Assign", "For", "AugAssign", "Return"]


def test_the_lines_of_a_header_leave_out_what_it_holds():
    assert [list(list_header_lines(s)) for s in STATEMENTS[:3]] == [[2], [3, 4], [5]]


def test_columns_count_bytes():
    (one,) = [node for node in ast.walk(SOURCE.tree) if isinstance(node, ast.Constant) and node.value == 2]
    assert SOURCE.read(one) == "2"


def test_a_statement_is_parsed_with_another_text_on_its_own_line():
    statement = STATEMENTS[5]
    new = parse_statement(SOURCE, statement, (8, 13), (8, 14), "2 * i")
    assert (ast.unparse(new), new.lineno) == ("y += 2 * i", 8)


def test_a_header_keeps_its_body():
    other, loop = STATEMENTS[2], STATEMENTS[4]
    assert ast.unparse(parse_statement(SOURCE, other, (5, 13), (5, 14), "z")) == "if not z:\n    y = 'é' + 2"
    assert ast.unparse(parse_statement(SOURCE, loop, (7, 19), (7, 20), "4")) == "for i in range(4):\n    y += i"


def test_what_is_no_python_is_an_error():
    with pytest.raises(SyntaxError):
        parse_statement(SOURCE, STATEMENTS[5], (8, 13), (8, 14), "2 *")


@pytest.mark.parametrize("text", ["", "def f(:", "x = 1\f\n"])
def test_other_text_has_no_source(text):
    assert parse_source_file("f.py", text) is None


def test_a_file_is_read_once():
    assert read_source_file(__file__) is read_source_file(__file__)
    assert read_source_file("<string>") is None
