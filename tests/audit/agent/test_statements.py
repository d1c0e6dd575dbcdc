"""Statements are compiled one by one, and known by what they define."""

import ast

import pytest

from gradcheck.audit.agent.source_files import Chunk
from gradcheck.audit.agent.statements import compile_statement, describe, list_defined, name_chunk


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("try:\n    import a.b\n    c = 1\nexcept E:\n    def d(): e = 1", ["a", "c", "d"]),
        ("class A:\n    x = 1", ["A"]),
        ("from m import f as g", ["g"]),
        ("a, b[0] = 1, 2", ["a"]),
    ],
)
def test_what_a_statement_defines_is_listed(text, names):
    assert list_defined(ast.parse(text).body[0]) == names


def test_code_has_the_name_of_its_file_and_cell():
    assert name_chunk("a.py", Chunk([])) == "submission/a.py"
    assert name_chunk("n.ipynb", Chunk([], 3)) == "submission/n.ipynb#3"


def test_annotations_are_not_evaluated():
    names = {}
    exec(compile_statement(ast.parse("def f(x: Gone) -> Missing: return x").body[0], "f"), names)
    assert (names["f"].__annotations__, names["f"].__code__.co_filename) == ({"x": "Gone", "return": "Missing"}, "f")


@pytest.mark.parametrize("error", [SystemExit, ValueError])
def test_an_exception_whose_text_raises_is_described(error):
    class Evil(Exception):
        def __str__(self):
            raise error

    assert describe(Evil()) == f"its message cannot be read ({error.__name__})"
